package hotline

import (
	"context"
	"flag"
	"fmt"
	"io"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// Command makes, lists and revokes the secrets of exchanges at the machine. create
// prints the secret alone on its last line.
func (s *Service) Command(ctx context.Context, t i18n.T, args []string, baseURL string, out io.Writer) error {
	usage := fault.New(fault.Invalid, "hotline.cti.usage")
	if len(args) == 0 {
		return usage
	}
	f := flag.NewFlagSet("cti-token", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	name := f.String("name", "", "")
	callerID := f.String("caller-id", "", "")
	if err := f.Parse(args[1:]); err != nil || f.NArg() > 0 {
		return usage
	}
	who := access.System("cli")
	switch args[0] {
	case "create":
		secret, p, err := s.MakePBX(ctx, who, *name, *callerID)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, t.Say("hotline.cti.made", "name", p.Name, "url", baseURL+"/api/v1/cti/…"))
		fmt.Fprintln(out, secret)
		return nil
	case "list":
		return s.listPBX(ctx, who, t, out)
	case "revoke":
		return s.revokeNamed(ctx, who, t, *name, out)
	}
	return usage
}

func (s *Service) listPBX(ctx context.Context, who access.Actor, t i18n.T, out io.Writer) error {
	all, err := s.PBXs(ctx, who)
	for _, p := range all {
		state := ""
		if p.RevokedAt != nil {
			state = t.Say("hotline.pbx.ended")
		}
		fmt.Fprintln(out, p.ID, t.Moment(p.MadeAt), p.Name, state)
	}
	return err
}

// revokeNamed revokes every secret of an exchange's name.
func (s *Service) revokeNamed(ctx context.Context, who access.Actor, t i18n.T, name string, out io.Writer) error {
	all, err := s.PBXs(ctx, who)
	if err != nil {
		return err
	}
	n := 0
	for _, p := range all {
		if p.Name != name && string(p.ID) != name || p.RevokedAt != nil {
			continue
		}
		if err := s.RevokePBX(ctx, who, p.ID); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	fmt.Fprintln(out, t.Say("hotline.cti.revoked", "n", n, "name", name))
	return nil
}

package app

import (
	"fmt"
	"slices"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/org"
)

// defaultSecond are the roles that need a code beside the password unless a setting says
// otherwise: those who plan, who run the house, and who sign.
const (
	defaultSecond = "planner,administrator,signing_leader"
	noRoles       = "none"
)

// secondRoles are the roles that cannot work without a code beside the password.
func (c Config) secondRoles() []access.Role {
	if c.SecondFactor == noRoles {
		return nil
	}
	var roles []access.Role
	for one := range strings.SplitSeq(c.SecondFactor, ",") {
		if one = strings.TrimSpace(one); one != "" {
			roles = append(roles, access.Role(one))
		}
	}
	return roles
}

func (c Config) checkSecond() error {
	for _, r := range c.secondRoles() {
		if !slices.Contains(org.Roles, r) {
			return fmt.Errorf("--second-factor-roles: %q is not a role", r)
		}
	}
	return nil
}

// sealKey is the key under which secrets lie in the store: the store's own, and with it
// the one that lies outside of it, when there is one.
func (h *House) sealKey() signed.Key {
	if h.Config.SecretsKey == "" {
		return h.signs
	}
	return h.signs + signed.Key("\x00"+h.Config.SecretsKey)
}

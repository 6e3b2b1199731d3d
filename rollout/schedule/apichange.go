package schedule

import (
	"net/http"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout"
)

func (s *Service) apiBaseline(c *httpx.Ctx) error {
	x, err := s.baselineOf(c)
	if err != nil {
		return err
	}
	if everywhere, _ := c.Who.Reach(rollout.Read); !everywhere { // its content names every commune
		return c.Who.NeedAt(rollout.Read, "")
	}
	return c.Reply(0, baselineDetail{outBaseline(x), x.Plan()})
}

// told answers with a plan as it is now.
func (s *Service) told(c *httpx.Ctx, id ident.ID, created bool) error {
	b, err := s.load(c.Std(), s.DB.Read(), id)
	if err != nil {
		return err
	}
	if created {
		return c.Created(apiRoot+"/"+string(id), b.draft.Version, b.outPlan())
	}
	return c.ReplyVersion(0, b.draft.Version, b.outPlan())
}

func (s *Service) apiMake(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[planIn](c)
	if err != nil {
		return err
	}
	d, err := s.Make(c.Std(), c.Who, Outline(in))
	if err != nil {
		return err
	}
	return s.told(c, d.ID, true)
}

func (s *Service) apiFreeze(c *httpx.Ctx) error {
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[freezeIn](c)
	if err != nil {
		return err
	}
	x, err := s.Freeze(c.Std(), c.Who, key, in.Name, version)
	if err != nil {
		return httpx.Stale(err)
	}
	return c.Created(apiRoot+"/baselines/"+string(x.ID), 1, outBaseline(x))
}

func (s *Service) apiCompute(c *httpx.Ctx) error {
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	if err := s.Compute(c.Std(), c.Who, key, version); err != nil {
		return httpx.Stale(err)
	}
	return s.told(c, key, false)
}

func (s *Service) apiDone(c *httpx.Ctx) error {
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[doneIn](c)
	if err != nil {
		return err
	}
	if err := s.Finish(c.Std(), c.Who, key, in.On, version); err != nil {
		return httpx.Stale(err)
	}
	return c.SendStatus(http.StatusNoContent)
}

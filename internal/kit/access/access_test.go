package access

import (
	"testing"

	"lotrinh/internal/kit/fault"
)

const (
	look Perm = "thing.look"
	move Perm = "thing.move"
)

var policy = Policy{"planner": {look, move}, "coordinator": {look}}

func TestRightsFollowRoleAndUnit(t *testing.T) {
	coordinator := policy.As(Actor{ID: "a", Grants: []Grant{{Role: "coordinator", Units: []string{"018", "00526"}}}})
	planner := policy.As(Actor{ID: "b", Grants: []Grant{{Role: "planner", Everywhere: true}}})
	mixed := policy.As(Actor{ID: "c", Grants: []Grant{{Role: "coordinator", Everywhere: true}, {Role: "planner", Units: []string{"018"}}}})
	none := policy.As(Actor{ID: "d", Grants: []Grant{{Role: "coordinator"}}})
	for _, tc := range []struct {
		name string
		who  Actor
		perm Perm
		unit string
		want error
	}{
		{"own district", coordinator, look, "018", nil},
		{"another district hides", coordinator, look, "019", fault.New(fault.Missing, "")},
		{"no such right", coordinator, move, "018", fault.New(fault.Denied, "")},
		{"everywhere", planner, move, "019", nil},
		{"a right holds only where its role does", mixed, move, "019", fault.New(fault.Missing, "")},
		{"another role's reach does not leak", mixed, look, "019", nil},
		{"no units, nothing", none, look, "018", fault.New(fault.Missing, "")},
		{"stranger", policy.As(Actor{}), look, "018", fault.New(fault.SignIn, "")},
		{"the system", System("job"), move, "018", nil},
		{"a narrow token", planner.Only(look), move, "018", fault.New(fault.Denied, "")},
	} {
		got := tc.who.NeedAt(tc.perm, tc.unit)
		if (got == nil) != (tc.want == nil) || got != nil && fault.Of(got).Kind != fault.Of(tc.want).Kind {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

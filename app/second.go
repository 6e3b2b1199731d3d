package app

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/openid"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/org"
	"lotrinh/internal/site/account"
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

// checkOIDC refuses settings by which nobody could sign in, or anybody could.
func (c Config) checkOIDC() error {
	if c.OIDCByEmail != "yes" && c.OIDCByEmail != "no" {
		return fmt.Errorf("--oidc-link-by-email %q is neither yes nor no", c.OIDCByEmail)
	}
	if c.OIDCIssuer == "" {
		return nil
	}
	u, err := url.Parse(c.OIDCIssuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return fmt.Errorf("--oidc-issuer %q is not an https address", c.OIDCIssuer)
	}
	if c.OIDCClient == "" || c.OIDCSecret == "" {
		return errors.New("--oidc-issuer needs --oidc-client-id and --oidc-client-secret")
	}
	return nil
}

// shared lets people sign in at another house, where a setting names one.
func (h *House) shared(pages *account.Pages) {
	c := h.Config
	if c.OIDCIssuer == "" {
		return
	}
	client := openid.New(openid.Config{Issuer: c.OIDCIssuer, ClientID: c.OIDCClient, Secret: c.OIDCSecret, Redirect: strings.TrimRight(c.BaseURL, "/") + account.SSOBack}, h.Machine.Now)
	pages.Through(account.Shared{Client: client, Name: c.OIDCName, ByEmail: c.OIDCByEmail == "yes"})
}

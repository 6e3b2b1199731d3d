package app

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/guard"
	lines "lotrinh/inventory/line"
)

// Config is every setting. A flag --data-base is the same setting as the variable
// LOTRINH_DATA_BASE; the flag wins. A secret may lie in a file, named by the
// variable with _FILE behind it.
type Config struct {
	Addr           string
	Data           string
	DatabaseURL    string
	BaseURL        string
	SMTPURL        string
	MailFrom       string
	MailPasswords  string
	SMSURL         string
	Hotline        string
	HotlineKeep    string
	AgentSilent    string
	FirstPassword  string
	OIDCIssuer     string
	OIDCClient     string
	OIDCSecret     string
	OIDCName       string
	OIDCByEmail    string
	SecondFactor   string
	SecretsKey     string
	TrustedProxies string
	LineMinutes    string
	CheckHours     string
	LineDays       string
	LineNetworks   string
	ExchangeHosts  string
	ReportFolder   string
	HookNetworks   string
	Demo           bool
}

// setting ties a field to its name, its help and whether it is a secret.
type setting struct {
	name, help, fallback string
	secret               bool
	into                 *string
}

func (c *Config) settings() []setting {
	return []setting{
		{"addr", "address to listen on, host:port", "127.0.0.1:8198", false, &c.Addr},
		{"data", "folder of the database and the files", "./data", false, &c.Data},
		{"database-url", "PostgreSQL address; without it SQLite in the data folder", "", true, &c.DatabaseURL},
		{"base-url", "address that people use, https://…; http://ADDR when empty", "", false, &c.BaseURL},
		{"smtp-url", "mail server, smtp://user:password@host:587; without it mail waits in the list", "", true, &c.SMTPURL},
		{"mail-from", "sender of the mail", "Lộ Trình <lotrinh@localhost>", false, &c.MailFrom},
		{"mail-passwords", "passwords of the mailboxes, a line address=password for each; better in a file", "", true, &c.MailPasswords},
		{"sms-url", "SMS gateway (Kannel), http://user:password@host:13013/cgi-bin/sendsms?from=1022; without it messages wait in the list", "", true, &c.SMSURL},
		{"hotline", "numbers of the hotline shown on every page, separated by semicolons", "", false, &c.Hotline},
		{"hotline-keep-days", "days after which numbers and names of callers are forgotten; 0 keeps them", "365", false, &c.HotlineKeep},
		{"line-probe-minutes", "how often the server probes a commune's line, in minutes; 0 probes none", "5", false, &c.LineMinutes},
		{"line-keep-days", "days for which single measurements of lines are kept, 15 at least", "30", false, &c.LineDays},
		{"line-probe-networks", "private networks that probes of lines may reach, 10.0.0.0/8 and the like, separated by commas; none when empty", "", false, &c.LineNetworks},
		{"exchange-hosts", "hosts of other offices that dossiers may be exchanged with, host or host:port, separated by commas; none when empty", "", false, &c.ExchangeHosts},
		{"report-folder", "folder below which finished reports may be dropped as files; none when empty", "", false, &c.ReportFolder},
		{"webhook-networks", "private networks that webhooks of reports may reach, 10.0.0.0/8 and the like, separated by commas; none when empty", "", false, &c.HookNetworks},
		{"dossier-check-hours", "working hours within which what was filed online is looked at; no text settles it", "8", false, &c.CheckHours},
		{"agent-silent-days", "days without a report after which an inventory agent is silent", "14", false, &c.AgentSilent},
		{"oidc-issuer", "house at which people may sign in as well (OpenID Connect), https://…; none when empty", "", false, &c.OIDCIssuer},
		{"oidc-client-id", "what that house knows us by", "", false, &c.OIDCClient},
		{"oidc-client-secret", "the secret that goes with it; better in a file", "", true, &c.OIDCSecret},
		{"oidc-name", "what people call that house", "OpenID Connect", false, &c.OIDCName},
		{"oidc-link-by-email", "yes links an unknown identity to the account with its verified address; no leaves linking to the owner", "no", false, &c.OIDCByEmail},
		{"first-password-days", "working days for which a first password is good", "15", false, &c.FirstPassword},
		{"second-factor-roles", "roles that cannot work without a code beside the password, separated by commas; none asks nobody", defaultSecond, false, &c.SecondFactor},
		{"secrets-key", "key under which secrets in the store are encrypted beside the store's own; better in a file, and never lost", "", true, &c.SecretsKey},
		{"trusted-proxies", "addresses whose X-Real-IP is believed, separated by commas", "", false, &c.TrustedProxies},
	}
}

// ReadConfig reads the settings of a command from its arguments, wherever they stand
// among them, and from the environment, and returns the arguments that are left.
// Unknown LOTRINH_* variables and values that cannot be are errors.
func ReadConfig(command string, args, environ []string) (Config, []string, error) {
	var c Config
	values, err := variables(environ, c.settings())
	if err != nil {
		return c, nil, err
	}
	rest, err := c.take(command, args, values)
	if err != nil {
		return c, nil, err
	}
	for _, s := range c.settings() {
		*s.into = s.fallback
		if v, ok := values[s.name]; ok {
			*s.into = v
		}
	}
	c.Demo = values["demo"] == "true" || values["demo"] == "1"
	if c.Demo && c.Hotline == "" {
		c.Hotline = "1022"
	}
	if _, given := values["second-factor-roles"]; c.Demo && !given {
		c.SecondFactor = noRoles
	}
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Addr
	}
	if command == "serve" && len(rest) > 0 {
		return c, nil, fmt.Errorf("serve does not know %q; its settings are: %s", rest[0], c.help())
	}
	return c, rest, c.check()
}

// take moves --name value and --name=value of the settings from args into values.
func (c *Config) take(command string, args []string, values map[string]string) (rest []string, err error) {
	known := map[string]bool{}
	for _, s := range c.settings() {
		known[s.name] = true
	}
	for i := 0; i < len(args); i++ {
		name, is := strings.CutPrefix(args[i], "--")
		name, value, has := strings.Cut(name, "=")
		switch {
		case is && name == "demo" && command == "serve":
			values["demo"] = "true"
			if has {
				values["demo"] = value
			}
		case !is || !known[name]:
			rest = append(rest, args[i])
		case has:
			values[name] = value
		case i+1 < len(args):
			i++
			values[name] = args[i]
		default:
			return nil, fmt.Errorf("--%s needs a value", name)
		}
	}
	return rest, nil
}

func (c *Config) help() string {
	var b strings.Builder
	for _, s := range c.settings() {
		fmt.Fprintf(&b, "\n  --%-16s %s (%s)", s.name, s.help, s.fallback)
	}
	return b.String() + "\n  --demo             load the Hanoi 2016 demo; loopback addresses only"
}

func variables(environ []string, known []setting) (map[string]string, error) {
	names := map[string]string{"LOTRINH_DEMO": "demo"}
	files := map[string]string{}
	for _, s := range known {
		name := "LOTRINH_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
		names[name] = s.name
		if s.secret {
			files[name+"_FILE"] = s.name
		}
	}
	values := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "LOTRINH_") || name == "LOTRINH_BENCH" {
			continue
		}
		if s, ok := files[name]; ok {
			raw, err := os.ReadFile(value) //nolint:gosec // the administrator names the file
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			values[s] = strings.TrimSpace(string(raw))
			continue
		}
		s, ok := names[name]
		if !ok {
			return nil, fmt.Errorf("the variable %s is not a setting of lotrinh", name)
		}
		values[s] = value
	}
	return values, nil
}

func (c Config) check() error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr %q: %w", c.Addr, err)
	}
	if c.Demo && !loopback(host) {
		return fmt.Errorf("--demo has open accounts and serves only this machine: --addr %q must be a loopback address such as 127.0.0.1:8198", c.Addr)
	}
	if n, err := strconv.Atoi(c.HotlineKeep); err != nil || n < 0 || n > 36500 {
		return fmt.Errorf("--hotline-keep-days %q is not a number of days", c.HotlineKeep)
	}
	if n, err := strconv.Atoi(c.CheckHours); err != nil || n < 1 || n > 200 {
		return fmt.Errorf("--dossier-check-hours %q is not a number of hours from 1 to 200", c.CheckHours)
	}
	if n, err := strconv.Atoi(c.LineMinutes); err != nil || n < 0 || n > 1440 {
		return fmt.Errorf("--line-probe-minutes %q is not a number of minutes up to 1440", c.LineMinutes)
	}
	if n, err := strconv.Atoi(c.LineDays); err != nil || n < 15 || n > 366 {
		return fmt.Errorf("--line-keep-days %q is not a number of days from 15 to 366", c.LineDays)
	}
	if _, err := lines.ReadGuard(c.LineNetworks); err != nil {
		return fmt.Errorf("--line-probe-networks %q: %w", c.LineNetworks, err)
	}
	if _, err := guard.Read(c.HookNetworks); err != nil {
		return fmt.Errorf("--webhook-networks %q: %w", c.HookNetworks, err)
	}
	if c.ReportFolder != "" && !filepath.IsAbs(c.ReportFolder) {
		return fmt.Errorf("--report-folder %q is not an absolute path", c.ReportFolder)
	}
	if n, err := strconv.Atoi(c.AgentSilent); err != nil || n < 1 || n > 3650 {
		return fmt.Errorf("--agent-silent-days %q is not a number of days", c.AgentSilent)
	}
	if n, err := strconv.Atoi(c.FirstPassword); err != nil || n < 1 || n > 366 {
		return fmt.Errorf("--first-password-days %q is not a number of days from 1 to 366", c.FirstPassword)
	}
	if err := c.checkOIDC(); err != nil {
		return err
	}
	if err := c.checkSecond(); err != nil {
		return err
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--base-url %q is not an http or https address", c.BaseURL)
	}
	return nil
}

// lineMinutes and lineDays are numbers: check has seen it.
func (c Config) lineMinutes() int { return number(c.LineMinutes) }

func (c Config) lineDays() int { return number(c.LineDays) }

// hotlineDays is how many days callers are kept; check has seen that it is a number.
func (c Config) hotlineDays() int {
	return number(c.HotlineKeep)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// host is the name under which people know the site.
func (c Config) host() string {
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return "" // check refused it
	}
	return strings.ToLower(u.Hostname())
}

func (c Config) file() string { return filepath.Join(c.Data, "lotrinh.db") }

func (c Config) filesFolder() string { return filepath.Join(c.Data, "files") }

func (c Config) proxies() []string {
	return slices.DeleteFunc(strings.Split(c.TrustedProxies, ","), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// Package adapters_test holds the adapters of real clients to the protocol, and
// to what was measured of the clients without it.
package adapters_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rstorm/clients/adapter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everyAdapter is set where an adapter that can't be played is an error: in CI,
// which installs what they need.
const everyAdapter = "RSTORM_EVERY_ADAPTER"

// adapters lists what README.md here describes.
var adapters = []struct {
	name     string
	command  []string
	profiles []string
}{
	{"node", []string{"node", "node/client.mjs"}, []string{"fetch", "http", "http-close", "undici", "axios", "axios-retry"}},
	{"python", []string{python(), "python/client.py"}, []string{"requests", "requests-retry", "httpx", "http.client"}},
	{"python-asyncio", []string{python(), "python/client_async.py"}, []string{"aiohttp"}},
	{"curl", []string{python(), "curl/client.py"}, []string{"curl", "curl-close"}},
	{"java", []string{"java/run"}, []string{"httpclient", "urlconnection", "okhttp"}},
	{"go", []string{"go", "run", "./go"}, []string{"nethttp", "nethttp-close"}},
}

// python is the interpreter that has Debian's packages, where that is Debian.
func python() string {
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
		return "/usr/bin/python3"
	}
	return "python3"
}

// each plays every profile that can be had, as a test of its own, with a process
// that all of an adapter's profiles share.
func each(t *testing.T, play func(t *testing.T, p *adapter.Process, profile string)) {
	for _, a := range adapters {
		t.Run(a.name, func(t *testing.T) {
			p, err := adapter.Start(t.Context(), built(t, a.command), 0)
			if err != nil {
				lacking(t, err)
			}
			defer p.Close()
			for _, profile := range a.profiles {
				t.Run(profile, func(t *testing.T) {
					if !slices.Contains(p.Hello.Profiles, profile) {
						lacking(t, fmt.Errorf("what the profile %s plays is not installed", profile))
					}
					play(t, p, profile)
				})
			}
		})
	}
}

// lacking ends a test that has nothing to play.
func lacking(t *testing.T, why error) {
	t.Helper()
	if os.Getenv(everyAdapter) != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// built is the command with the Go adapter built, not run by the go tool: that
// would be one process more.
func built(t *testing.T, command []string) []string {
	if command[0] != "go" {
		return command
	}
	program := filepath.Join(t.TempDir(), "adapter.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, command[2]).CombinedOutput(); err != nil {
		t.Fatalf("build it: %v\n%s", err, out)
	}
	return []string{program}
}

// TestEveryAdapterKeepsTheProtocol holds every profile to every rule. What is
// about time a busy machine may break once, not three times in a row.
func TestEveryAdapterKeepsTheProtocol(t *testing.T) {
	each(t, func(t *testing.T, p *adapter.Process, profile string) {
		for last := range 3 {
			broken, skipped := check(t, p.Command, profile)
			if len(broken) == 0 {
				t.Logf("left out: %v", skipped)
				return
			}
			if t.Log(strings.Join(broken, "\n")); last == 2 {
				t.Fail()
			}
		}
	})
}

func check(t *testing.T, command []string, profile string) (broken, skipped []string) {
	c := adapter.Check{Command: command, Profile: profile, Tell: func(f adapter.Finding) {
		switch f.Verdict {
		case adapter.Wrong:
			broken = append(broken, fmt.Sprintf("%s: got %s, want %s", f.Rule, f.Got, f.Want))
		case adapter.LeftOut:
			skipped = append(skipped, f.Rule)
		}
	}}
	if _, err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return broken, skipped
}

// carried plays commands one after the other with a fresh client. They rest for
// a moment between two, so that all clients use a connection again.
func carried(t *testing.T, p *adapter.Process, i adapter.Init, commands ...adapter.Command) []adapter.Result {
	t.Helper()
	if err := p.Init(t.Context(), i); err != nil {
		t.Fatal(err)
	}
	if err := p.Send(t.Context(), adapter.Run{Report: "batch", GapUS: 20_000, Commands: commands}, time.Minute); err != nil {
		t.Fatal(err)
	}
	var all []adapter.Result
	for {
		r, err := p.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r == nil {
			return all
		}
		all = append(all, *r)
	}
}

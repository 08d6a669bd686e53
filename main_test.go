package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rstorm/results"
)

// TestMain is the program itself where its first argument names a command: run
// and device start themselves once more.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && find(os.Args[1]) != nil {
		main()
	}
	if len(os.Args) > 1 && os.Args[1] == asAdapter {
		serveAdapter(strings.Join(os.Args[2:], " "))
		os.Exit(0)
	}
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", "atexit_sleep_ms=0") // else each of these lasts a second longer
	}
	goleak.VerifyTestMain(m)
}

// do runs the program and returns its exit code and what it wrote.
func do(t testing.TB, ctx context.Context, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// file writes a scenarios file for a test.
func file(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "my.yaml")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

const quick = `version: 1
scenarios:
  - name: burst
    about: Forty commands in a row.
    load: {commands: 40}
    strategies: [naive, close, {use: retry, as: patient, attempts: 5}]
    assert: [success >= 99%, lost == 0, patient: connections == 1]
`

func TestExitCodesAndStreams(t *testing.T) {
	good := file(t, quick)
	failing := file(t, strings.Replace(quick, "connections == 1", "connections > 1", 1))
	folder := t.TempDir()
	for _, tt := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string // a part of it; empty means nothing was written
	}{
		{"no arguments", nil, exitHeld, "Usage: rstorm COMMAND", ""},
		{"help", []string{"help"}, exitHeld, "  run        play scenarios", ""},
		{"help on a command", []string{"help", "run"}, exitHeld, "--toxiproxy URL", ""},
		{"help on help", []string{"help", "help"}, exitHeld, "explain a command", ""},
		{"help by flag", []string{"list", "-h"}, exitHeld, "Usage: rstorm list", ""},
		{"help on nonsense", []string{"help", "fly"}, exitUsage, "", "no help on"},
		{"version", []string{"version"}, exitHeld, "rstorm " + version + " go1.", ""},
		{"unknown command", []string{"fly"}, exitUsage, "", `rstorm: error: unknown command "fly"`},
		{"unknown flag", []string{"run", "--nope"}, exitUsage, "", "unknown flag: --nope\nrstorm: hint: rstorm help run"},
		{"unexpected argument", []string{"run", "x.yaml"}, exitUsage, "", `unexpected argument "x.yaml"`},
		{"bad numbers", []string{"run", "--repeat", "0", "--parallel", "-1"}, exitUsage, "", "--repeat is 0, want 1 to 10000\nrstorm: error: --parallel is -1"},
		{"empty value", []string{"run", "--target", ""}, exitUsage, "", "--target is empty"},
		{"empty list", []string{"run", "--scenario", ""}, exitUsage, "", "--scenario is empty"},
		{"report to a dash", []string{"run", "-o", "-"}, exitUsage, "", "--format json prints the same"},
		{"unknown format", []string{"run", "--format", "yaml"}, exitUsage, "", `unknown format "yaml", want table, json, catalogue`},
		{"quiet and verbose", []string{"run", "-q", "-v"}, exitUsage, "", "contradict"},
		{"no such file", []string{"run", "-f", filepath.Join(folder, "none.yaml")}, exitUsage, "", "none.yaml: no such file"},
		{"a folder", []string{"run", "-f", folder}, exitUsage, "", ":1:1: is a directory"},
		{"unknown scenario", []string{"run", "--scenario", "clam"}, exitUsage, "", "clam"},
		{"unknown strategy", []string{"run", "--strategy", "naiv"}, exitUsage, "", `did you mean "naive"`},
		{"valid", []string{"validate", "-f", good}, exitHeld, "my.yaml: valid: scenarios: 1, trials: 3, thresholds: 3\n", ""},
		{"the default suite is valid", []string{"validate"}, exitHeld, "scenarios.yaml: valid: ", ""},
		{"list", []string{"list"}, exitHeld, "STRATEGIES: ", ""},
		{"list one", []string{"list", "toxics", "metrics"}, exitHeld, "slow_close", ""},
		{"list nonsense", []string{"list", "toxicity"}, exitUsage, "", `nothing to list called "toxicity"`},
		{"held", []string{"run", "-q", "-f", good}, exitHeld, "HELD: 1 scenario, 3 trials", ""},
		{"progress in CI", []string{"run", "-f", good, "--strategy", "naive"}, exitHeld, "HELD", "burst, naive: 40 of 40 ok in "},
		{"told everything", []string{"run", "-v", "-f", good, "--strategy", "naive"}, exitHeld, "HELD", "burst, naive: begins\n"},
		{"failed", []string{"run", "-q", "-f", failing}, exitFailed, "FAILED", ""},
		{"json", []string{"run", "-q", "--format", "json", "-f", good}, exitHeld, `"threshold": "success >= 99%"`, ""},
		{"repeated", []string{"run", "-q", "--repeat", "2", "-f", good}, exitHeld, "naive #2", ""},
		{"public target", []string{"run", "--target", "http://192.0.2.1/"}, exitUsage, "", "192.0.2.1 is neither a loopback nor a private address"},
		{"public Toxiproxy", []string{"run", "--toxiproxy", "http://192.0.2.1:8474"}, exitUsage, "", "--allow-public allows it"},
		{"target without scheme", []string{"run", "--target", "127.0.0.1:80"}, exitUsage, "", "--target: "},
		{"another scheme", []string{"run", "--target", "ftp://127.0.0.1/"}, exitUsage, "", "write http://HOST"},
		{"trust without TLS", []string{"run", "--target", "http://127.0.0.1/", "--insecure"}, exitUsage, "", "they go with a --target of https"},
		{"trust in both", []string{"run", "--target", "https://127.0.0.1/", "--insecure", "--ca", good}, exitUsage, "", "contradict each other"},
		{"trust in nothing", []string{"run", "--target", "https://127.0.0.1/", "--ca", good}, exitUsage, "", "holds no certificate in PEM"},
		{"nothing of that scheme", []string{"run", "-f", good, "--target", "https://127.0.0.1/"}, exitUsage, "", "a scenario says protocol: https"},
		{"two suites", []string{"run", "-f", good, "--suite", "catalogue"}, exitUsage, "", "--file and --suite exclude each other"},
		{"unknown suite", []string{"list", "--suite", "catalog"}, exitUsage, "", "choose from default, catalogue"},
		{"unknown isolation", []string{"run", "--isolate", "yes"}, exitUsage, "", "want auto, always, never"},
		{"isolated from its target", []string{"run", "--isolate", "always", "--target", "http://127.0.0.1/"}, exitUsage, "", "it contradicts --target"},
		{"unknown capture", []string{"run", "--capture", "all"}, exitUsage, "", "want auto, off, control, full"},
		{"too many ladders", []string{"run", "--ladder=1001"}, exitUsage, "", "--ladder is 1001, want 0 to 1000"},
		{"a number apart", []string{"run", "--ladder", "3"}, exitUsage, "", `unexpected argument "3"`},
		{"packets of no capture", []string{"run", "--capture", "off", "--pcap", "x"}, exitUsage, "", "--capture off leaves no packets"},
		{"ladders of no capture", []string{"run", "--capture", "off", "--ladder"}, exitUsage, "", "--capture off leaves no packets"},
		{"packets to a dash", []string{"run", "--pcap", "-"}, exitUsage, "", "--pcap wants a file"},
		{"packets into the report", []string{"run", "--pcap", "x", "-o", "x"}, exitUsage, "", "--pcap and --output name the same file"},
		{"packets into the report, by another name", []string{"run", "--pcap", "./x", "-o", "x"}, exitUsage, "", "--pcap and --output name the same file"},
		{"packets over the scenarios", []string{"run", "-f", "scenarios.yaml", "--pcap", "./scenarios.yaml"}, exitUsage, "", "which it would write over"},
		{"the report over the scenarios", []string{"run", "-f", "scenarios.yaml", "-o", "scenarios.yaml"}, exitUsage, "", "which it would write over"},
		{"packets in a missing folder", []string{"run", "--pcap", filepath.Join(folder, "none", "p")}, exitBroken, "", "the packets can't be written"},
		{"packets over a folder", []string{"run", "--pcap", folder}, exitBroken, "", "the packets can't be written"},
		{"report in a missing folder", []string{"run", "-o", filepath.Join(folder, "none", "r.json")}, exitBroken, "", "the report can't be written"},
		{"report over a folder", []string{"run", "-o", folder}, exitBroken, "", "the report can't be written"},
		{"no Toxiproxy there", []string{"run", "-q", "-f", good, "--toxiproxy", "http://" + refusing(t)}, exitBroken, "burst", "rstorm: error: burst with "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := do(t, t.Context(), "", tt.args...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, s := range []struct{ name, got, want string }{{"stdout", stdout, tt.stdout}, {"stderr", stderr, tt.stderr}} {
				if s.want == "" && s.got != "" || !strings.Contains(s.got, s.want) {
					t.Errorf("%s:\n%s\nwant in it: %q", s.name, s.got, s.want)
				}
			}
		})
	}
}

// refusing is an address where nothing listens.
func refusing(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestTheSuiteCanComeFromStandardInput(t *testing.T) {
	code, stdout, stderr := do(t, t.Context(), quick, "run", "-q", "-f", "-", "--strategy", "close")
	if code != exitHeld || !strings.Contains(stdout, "close") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	if code, _, stderr := do(t, t.Context(), "version: 1\nscenarois: []\n", "validate", "-f", "-"); code != exitUsage ||
		!strings.Contains(stderr, `standard input:2:1: `) || !strings.Contains(stderr, `did you mean "scenarios"`) {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

func TestTheReportFileIsWholeOrNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	if code, _, stderr := do(t, t.Context(), quick, "run", "-q", "-f", "-", "-o", path); code != exitHeld {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	report := reportIn(t, path)
	if !report.Held || len(report.Trials) != 3 || report.Suite.Text != quick || report.Environment.Version != version || report.Overhead == nil {
		t.Errorf("report = %+v", report)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// reportIn reads a report from a file.
func reportIn(t testing.TB, path string) *results.Report {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	report, err := results.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// full is a writer on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAFullDiskIsTheHarnesssFailure(t *testing.T) {
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"run", "-q", "-f", "-"}, strings.NewReader(quick), full{}, &stderr)
	if code != exitBroken || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit %d\n%s", code, stderr.String())
	}
}

func TestCtrlCKeepsWhatWasMeasured(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	twice := quick + strings.Replace(quick[strings.Index(quick, "  - name"):], "burst", "endless", 1)
	i := strings.LastIndex(twice, "{commands: 40}")
	twice = twice[:i] + "{commands: 1000000, gap: 5ms}" + twice[i+len("{commands: 40}"):]
	ctx, interrupt := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var told sync.WaitGroup
	told.Go(func() { // the trials of burst run alone, after the others have been cut
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "endless, naive: begins") {
				interrupt()
			}
		}
	})
	code := run(ctx, []string{"run", "-v", "-f", "-", "-o", path}, strings.NewReader(twice), io.Discard, in)
	in.Close()
	told.Wait()
	report := reportIn(t, path)
	if code != exitInterrupted || !report.Partial || report.Held || len(report.Trials) == 0 {
		t.Errorf("exit %d\n%+v", code, report)
	}
}

func TestCtrlCWhileTheSuiteIsReadSendsNothing(t *testing.T) {
	out, in := io.Pipe()
	defer in.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	if code := run(ctx, []string{"run", "-f", "-"}, out, io.Discard, io.Discard); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
}

func TestARealDeviceIsPlayedWithItsPathAndJudgedWithoutALedger(t *testing.T) {
	var foreign []string
	device := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v1/") || r.Header.Get(results.IDHeader) != r.URL.Query().Get(results.IDParameter) {
			foreign = append(foreign, r.URL.String())
		}
	}))
	defer device.Close()
	code, stdout, _ := do(t, t.Context(), quick, "run", "-q", "-f", "-", "--target", device.URL+"/api/v1/", "--strategy", "naive")
	if code != exitFailed || !strings.Contains(stdout, "no data  all  lost == 0") || !strings.Contains(stdout, "100.0 %") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
	if len(foreign) > 0 {
		t.Errorf("requests %v", foreign)
	}
}

func TestAStockToxiproxyIsACompatibilityLink(t *testing.T) {
	server := filepath.Join(t.TempDir(), "toxiproxy-server.exe")
	if out, err := exec.Command("go", "build", "-o", server, "github.com/Shopify/toxiproxy/v2/cmd/server").CombinedOutput(); err != nil {
		t.Fatalf("build the stock server: %v\n%s", err, out)
	}
	_, port, err := net.SplitHostPort(refusing(t))
	if err != nil {
		t.Fatal(err)
	}
	stock := exec.Command(server, "-host", "127.0.0.1", "-port", port)
	if err := stock.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { stock.Process.Kill(); stock.Wait() }()
	api := "http://127.0.0.1:" + port
	await(t, api+"/version")

	suite := strings.Replace(quick, "    load:", "    link: [{toxic: latency, attributes: {latency: 5}}]\n    load:", 1)
	code, stdout, stderr := do(t, t.Context(), suite, "run", "-q", "-f", "-", "--toxiproxy", api)
	if code != exitFailed || !strings.Contains(stdout, "device resets are not observable") || !strings.Contains(stdout, "connections == 1") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = do(t, t.Context(), suite, "run", "-q", "-f", "-", "--toxiproxy", api, "--client", adapterCommand(t), "--strategy", "client")
	if code != exitHeld || !strings.Contains(stdout, "no log shows what the client itself attempted") || !strings.Contains(stdout, "100.0 %") {
		t.Errorf("a client of another process: exit %d\n%s%s", code, stdout, stderr)
	}
	exact := strings.Replace(quick, "    load:", "    link: [{effect: reset, point: after-forward}]\n    load:", 1)
	code, stdout, _ = do(t, t.Context(), exact, "run", "-q", "-f", "-", "--toxiproxy", api)
	if code != exitFailed || !strings.Contains(stdout, "Not played, because a stock Toxiproxy can carry out toxics only: burst.") {
		t.Errorf("an exact fault through a stock server: exit %d\n%s", code, stdout)
	}
}

// await returns when url answers.
func await(t *testing.T, url string) {
	t.Helper()
	defer http.DefaultClient.CloseIdleConnections()
	for range 500 {
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s does not answer", url)
}

func TestTargetsAreCheckedBeforeAnythingIsSent(t *testing.T) {
	names := map[string][]netip.Addr{
		"device.lan": {netip.MustParseAddr("192.168.0.75")},
		"mixed.lan":  {netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("192.0.2.7")},
		"mapped.lan": {netip.MustParseAddr("::ffff:192.0.2.7")},
		"empty.lan":  nil,
		"dual.lan":   {netip.MustParseAddr("fd00::1"), netip.MustParseAddr("10.0.0.2")},
	}
	lookup := func(_ context.Context, _, host string) ([]netip.Addr, error) {
		addrs, ok := names[host]
		if !ok {
			return nil, fmt.Errorf("no such host")
		}
		return addrs, nil
	}
	for raw, want := range map[string]string{
		"http://127.0.0.1:8080":        "127.0.0.1:8080",
		"http://[::1]:8080/x/":         "[::1]:8080",
		"http://192.168.0.75":          "192.168.0.75:80",
		"http://device.lan:81":         "192.168.0.75:81",
		"http://[fd00::1]/":            "[fd00::1]:80",
		"http://dual.lan/":             "10.0.0.2:80",
		"http://mixed.lan/":            "",
		"http://mapped.lan/":           "",
		"http://empty.lan/":            "",
		"http://nowhere.lan/":          "",
		"http://169.254.169.254/":      "",
		"http://0.0.0.0/":              "",
		"http://[2001:db8::1]/":        "",
		"http://[::ffff:192.0.2.7]/":   "",
		"http://user:pw@127.0.0.1/":    "",
		"http://127.0.0.1/?x=1":        "",
		"ftp://127.0.0.1/":             "",
		"http://":                      "",
		"http://127.0.0.1:99999999999": "",
		"http://127.0.0.1:0":           "",
		"://":                          "",
	} {
		target, err := parseTarget(t.Context(), lookup, raw, false)
		if (err != nil) != (want == "") || err == nil && target.Address != want {
			t.Errorf("%s: %+v, %v, want %q", raw, target, err, want)
		}
	}
	if target, err := parseTarget(t.Context(), lookup, "http://192.0.2.7/", true); err != nil || target.Address != "192.0.2.7:80" {
		t.Errorf("with --allow-public: %+v, %v", target, err)
	}
}

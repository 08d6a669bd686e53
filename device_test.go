package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rstorm/device"
	"rstorm/results"
)

const deadly = quick + `
profiles:
  dies:
    faults: [{effect: crash, point: after-forward, commands: [0-2], attempts: [1]}]
  resets:
    faults: [{effect: reset, point: after-forward, commands: [0-2], attempts: [1]}]
  closes:
    faults: [{effect: close, point: after-response}]
  http2:
    faults: [{effect: goaway}]
`

// A line is one of the log.
type line map[string]any

func (l line) text(key string) string {
	s, _ := l[key].(string)
	return s
}

// alone is a running rstorm device.
type alone struct {
	t      *testing.T
	url    string
	lines  chan line
	out    bytes.Buffer
	code   int
	cancel context.CancelFunc
	tasks  sync.WaitGroup
}

// runAlone runs the device with the arguments until the test stops it.
func runAlone(t *testing.T, suite string, args ...string) *alone {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	a := &alone{t: t, lines: make(chan line, 100), cancel: cancel}
	log, errs := io.Pipe()
	a.tasks.Go(func() {
		a.code = run(ctx, append([]string{"device", "--log", "json", "-f", "-"}, args...), strings.NewReader(suite), &a.out, errs)
		errs.Close()
	})
	a.tasks.Go(func() {
		defer close(a.lines)
		for in := bufio.NewScanner(log); in.Scan(); {
			l := line{"msg": in.Text()} // an error, if it is no JSON
			_ = json.Unmarshal(in.Bytes(), &l)
			a.lines <- l
		}
	})
	t.Cleanup(func() { cancel(); a.tasks.Wait() })
	a.url = a.await("listening").text("url")
	return a
}

// await returns the next line that says msg.
func (a *alone) await(msg string) line {
	a.t.Helper()
	for {
		select {
		case l, more := <-a.lines:
			if !more {
				a.t.Fatalf("the log ended without %q", msg)
			}
			if l.text("msg") == msg {
				return l
			}
		case <-time.After(30 * time.Second):
			a.t.Fatalf("no line %q", msg)
		}
	}
}

// stop ends the device, and returns its ledger as printed.
func (a *alone) stop() (ledger []device.Execution) {
	a.t.Helper()
	a.cancel()
	a.tasks.Wait()
	if err := json.Unmarshal(a.out.Bytes(), &ledger); err != nil || a.code != exitHeld {
		a.t.Errorf("exit %d: %v\n%s", a.code, err, a.out.String())
		for l := range a.lines {
			a.t.Log(l)
		}
	}
	return ledger
}

// put sends a command on a connection of its own and says how that ended and
// from where it came.
func (a *alone) put(client *http.Client, id string) (from string, err error) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), "PUT", a.url+"/put/ctrl", nil)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set(results.IDHeader, id)
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			from = conn.LocalAddr().String()
		}
		return conn, err
	}}
	if client != nil {
		transport.TLSClientConfig = client.Transport.(*http.Transport).TLSClientConfig
	}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return from, err
	}
	defer resp.Body.Close()
	if _, err = io.Copy(io.Discard, resp.Body); err == nil && resp.StatusCode != 200 {
		err = fmt.Errorf("status %d", resp.StatusCode)
	}
	return from, err
}

func TestADeviceAloneServesLogsAndAccounts(t *testing.T) {
	for _, tt := range []struct{ profile, how string }{
		{"resets", "reset at after-forward"},
		{"dies", "crash at after-forward"},
	} {
		t.Run(tt.profile, func(t *testing.T) {
			a := runAlone(t, deadly, "--profile", tt.profile, "--admin", "127.0.0.1:0")
			asks := a.await("admin")
			if _, err := a.put(nil, "0-1"); err != nil {
				t.Error(err)
			}
			from, err := a.put(nil, "0-2")
			if err == nil {
				t.Error("0-2 was answered")
			}
			l := a.await("connection ended")
			if l.text("command") == "0-1" { // its client's FIN may come too late for it
				l = a.await("connection ended")
			}
			if l.text("client") != from || l.text("command") != "0-2" || l.text("by") != "device" || l.text("how") != tt.how || l["unread"] != 0. || l["answered"] != 0. {
				t.Errorf("line %v, want client %s", l, from)
			}
			for err := io.EOF; err != nil; { // a device that died comes back
				_, err = a.put(nil, "0-2")
			}
			var told []device.Execution
			ask(t, asks.text("ledger"), &told)
			var connections []device.Connection
			ask(t, asks.text("connections"), &connections)
			ledger := a.stop()
			if len(ledger) != 3 || ledger[1].Command != "0-2" || ledger[2].Attempt != 2 {
				t.Errorf("ledger %+v", ledger)
			}
			if !slices.Equal(told, ledger) || len(connections) < 3 || connections[1].Client.String() != from {
				t.Errorf("told %+v, %+v", told, connections)
			}
		})
	}
}

// ask reads what the admin listener answers.
func ask[T any](t *testing.T, url string, into *T) {
	t.Helper()
	defer http.DefaultClient.CloseIdleConnections()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
}

// The device is the one that closes here: what it leaves in TIME_WAIT keeps a
// port from being listened on without SO_REUSEADDR.
func TestADeviceAloneRestartsOnItsPort(t *testing.T) {
	for _, profile := range []string{"closes", "dies"} {
		address := "127.0.0.1:0"
		for range 3 {
			a := runAlone(t, deadly, "--profile", profile, "--listen", address)
			address = strings.TrimPrefix(a.url, "http://")
			for _, id := range []string{"0-1", "0-2"} {
				_, _ = a.put(nil, id) // dies answers the first only
			}
			a.await("connection ended")
			if ledger := a.stop(); len(ledger) != 2 {
				t.Errorf("%s: ledger %+v", profile, ledger)
			}
		}
	}
}

func TestADeviceAloneSpeaksTLS(t *testing.T) {
	made := filepath.Join(t.TempDir(), "cert.pem")
	cert, key := keyPair(t)
	for _, tt := range []struct {
		file string
		args []string
	}{
		{made, []string{"--cert-out", made}},
		{cert, []string{"--cert", cert, "--key", key}},
	} {
		a := runAlone(t, quick, append(tt.args, "--protocol", "https")...)
		print := a.await("certificate").text("sha256")
		text, err := os.ReadFile(tt.file)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(text)
		if block == nil || strings.ReplaceAll(print, ":", "") != fmt.Sprintf("%X", sha256.Sum256(block.Bytes)) {
			t.Errorf("fingerprint %s of\n%s", print, text)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(text)
		trusting := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
		if _, err := a.put(trusting, "0-1"); err != nil || !strings.HasPrefix(a.url, "https://") {
			t.Errorf("%s: %v", a.url, err)
		}
		if ledger := a.stop(); len(ledger) != 1 {
			t.Errorf("ledger %+v", ledger)
		}
	}
}

// keyPair writes a certificate and its key.
func keyPair(t *testing.T) (cert, key string) {
	t.Helper()
	made, err := device.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", made.Certificate[0]), write("key.pem", "PRIVATE KEY", der)
}

func TestADeviceThatOthersCanReachSaysSo(t *testing.T) {
	a := runAlone(t, quick, "--listen", "0.0.0.0:0")
	if l := a.await("other machines can reach this"); l.text("level") != "WARN" {
		t.Errorf("line %v", l)
	}
	a.stop()
	for addr, want := range map[string]bool{"127.0.0.1:1": false, "[::1]:1": false, "[::ffff:127.0.0.1]:1": false, "192.168.0.2:1": true, "[::]:1": true} {
		if outside(addr) != want {
			t.Errorf("%s can be reached from outside: %t", addr, !want)
		}
	}
}

func TestADeviceAloneIsRefusedWithAReason(t *testing.T) {
	suite := file(t, deadly)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tt := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"--profile nope", exitUsage, `has no profile or scenario "nope"` + "\nrstorm: hint: choose from the profiles calm, dies, resets, closes, http2\n"},
		{"--profile http2", exitUsage, "protocol: h2 or h2c\nrstorm: hint: profile http2 can't be had here with --protocol http\n"},
		{"--protocol spdy --log xml", exitUsage, `unknown protocol "spdy", want http, https, h2, h2c` + "\nrstorm: error: unknown log \"xml\""},
		{"--cert x.pem", exitUsage, "--cert and --key go together\n"},
		{"--cert x.pem --key x.pem --protocol h2", exitUsage, "read --cert and --key: open x.pem"},
		{"--listen 8080 --for -1s", exitUsage, "--for is -1s, want more than 0\nrstorm: error: --listen: address 8080: missing port in address"},
		{"--admin localhost:http:1", exitUsage, "--admin: "},
		{"--listen " + taken.Addr().String(), exitBroken, "address already in use"},
		{"--profile dies --listen " + taken.Addr().String(), exitBroken, "address already in use"},
		{"--admin " + taken.Addr().String(), exitBroken, "listen for --admin: "},
	} {
		code, _, stderr := do(t, t.Context(), "", append([]string{"device", "-f", suite}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%s: exit %d\n%s\nwant %d and %q", tt.args, code, stderr, tt.code, tt.stderr)
		}
	}
}

func TestADeviceAloneEndsByItself(t *testing.T) {
	code, stdout, stderr := do(t, t.Context(), "", "device", "--for", "1ms")
	if code != exitHeld || stdout != "[]\n" || !strings.Contains(stderr, "msg=listening url=http://127.0.0.1:") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

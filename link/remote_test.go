package link

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"rstorm/faults"
)

// startToxiproxy serves a stock Toxiproxy's API.
func startToxiproxy(t testing.TB) (api string, server *toxiproxy.ApiServer) {
	t.Helper()
	server = toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	web := httptest.NewServer(server.Routes())
	t.Cleanup(web.Close)
	return web.URL, server
}

func TestRemoteLinkPlaysToxics(t *testing.T) {
	api, server := startToxiproxy(t)
	const late = 50 * time.Millisecond
	r, err := OpenRemote(t.Context(), api, Config{Device: quietly(t), Faults: []faults.Fault{
		toxic("latency", faults.Downstream, map[string]int64{"latency": late.Milliseconds()}),
		toxic("slicer", faults.Upstream, map[string]int64{"average_size": 10}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(server.Collection.Proxies()); n != 1 {
		t.Errorf("the server has %d proxies, want 1", n)
	}
	c := call(t, r.Addr(), nil)
	began := time.Now()
	c.say(request("0-0"))
	c.take(answer)
	c.Close()
	if took := time.Since(began); took < late {
		t.Errorf("the exchange took %v, less than the latency of %v", took, late)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := len(server.Collection.Proxies()); n != 0 {
		t.Errorf("the server has %d proxies left, want 0", n)
	}
	if _, err := net.Dial("tcp", r.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial after the close: %v, want ECONNREFUSED", err)
	}
}

// What the doc comment says of a remote link is so: the device's RST arrives
// as a FIN.
func TestRemoteLinkHidesResets(t *testing.T) {
	api, _ := startToxiproxy(t)
	r, err := OpenRemote(t.Context(), api, Config{Device: startDevice(t, func(c *net.TCPConn) {
		d := newSide(t, c, nil)
		d.take(request("0-0"))
		d.reset()
	})})
	if err != nil {
		t.Fatal(err)
	}
	if saw, end := ask(t, r.Addr(), request("0-0")); saw != "" || end != "EOF" {
		t.Errorf("client saw %q, %s; want EOF", saw, end)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRemoteLinkRefusesWhatCannotWork(t *testing.T) {
	api, server := startToxiproxy(t)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>hello") }))
	defer web.Close()
	missing := httptest.NewServer(http.NotFoundHandler())
	defer missing.Close()
	obliging := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }))
	defer obliging.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	effect := faults.Fault{Effect: faults.Reset, Point: faults.AfterForward}
	hurried, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()

	for name, row := range map[string]struct {
		ctx  context.Context
		api  string
		cfg  Config
		want string
		is   error
	}{
		"an effect":               {t.Context(), api, Config{Faults: []faults.Fault{toxic("latency", faults.Upstream, map[string]int64{"latency": 1}), effect}}, "fault 2: effect reset at after-forward", nil},
		"no address":              {t.Context(), "localhost:8474", Config{}, "want http://host:8474", nil},
		"nobody there":            {t.Context(), "http://" + freeAddress(t), Config{}, "", syscall.ECONNREFUSED},
		"a web page":              {t.Context(), web.URL, Config{}, "", ErrNotToxiproxy},
		"another API":             {t.Context(), missing.URL, Config{}, "404", ErrNotToxiproxy},
		"an API that says yes":    {t.Context(), obliging.URL, Config{}, "", ErrNotToxiproxy},
		"a server that is silent": {hurried, silent.URL, Config{}, "", context.DeadlineExceeded},
		"a toxic it has not":      {t.Context(), api, Config{Device: "127.0.0.1:1", Faults: []faults.Fault{toxic("nonesuch", faults.Upstream, nil)}}, "add toxic nonesuch: the server refuses", nil},
		"an address in use":       {t.Context(), api, Config{Device: "127.0.0.1:1", Listen: taken.Addr().String()}, "address already in use", nil},
	} {
		r, err := OpenRemote(row.ctx, row.api, row.cfg)
		if err == nil {
			r.Close(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), row.want) || row.is != nil && !errors.Is(err, row.is) {
			t.Errorf("%s: %v; want %q, %v", name, err, row.want, row.is)
		}
	}
	if n := len(server.Collection.Proxies()); n != 0 {
		t.Errorf("%d proxies were left behind", n)
	}
}

func TestRemoteLinkThatIsGoneSaysSo(t *testing.T) {
	api, server := startToxiproxy(t)
	r, err := OpenRemote(t.Context(), api, Config{Device: quietly(t)})
	if err != nil {
		t.Fatal(err)
	}
	server.Collection.Clear()
	if err := r.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "proxy not found") {
		t.Errorf("close: %v; want that the proxy was not found", err)
	}
}

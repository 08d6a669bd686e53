package adapters_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"rstorm/clients/adapter"
)

// Over TLS a client trusts the authority that the harness names, and nobody
// that it does not know.
func TestEveryClientTrustsWhomItIsToldTo(t *testing.T) {
	device := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Method, r.URL.Path)
	}))
	device.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes
	device.StartTLS()
	defer device.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: device.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, p *adapter.Process, profile string) {
		put := adapter.Command{Method: "PUT", Path: "/put/ctrl", Headers: map[string]string{}, Body: "on"}
		i := adapter.Init{BaseURL: device.URL, Profile: profile, TimeoutMS: 10_000}
		if r := carried(t, p, i, put)[0]; r.Err == nil {
			t.Errorf("status %d from somebody it can't know", r.Status)
		} else {
			t.Logf("%+v", *r.Err)
		}
		i.CAFile = file
		if r := carried(t, p, i, put)[0]; r.Err != nil || r.Status != 200 || *r.Bytes != int64(len("PUT/put/ctrl")) {
			t.Errorf("%+v, err %+v", r, r.Err)
		}
	})
}

package device

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"rstorm/faults"
	"rstorm/results"
)

// How net/http's client meets a device that dies at each point, over whatever
// protocol: whether it gets an answer, whether that is whole, and whether the
// command was executed.
var netHTTPDeaths = []struct {
	point    faults.Point
	answered bool
	whole    bool
	executed int
}{
	{faults.Connect, false, false, 0},
	{faults.Request, false, false, 0},
	{faults.BeforeForward, false, false, 0},
	{faults.AfterForward, false, false, 1},
	{faults.Response, true, false, 1},
	{faults.AfterResponse, true, true, 1},
	{faults.Idle, true, true, 1},
}

func TestADeviceDiesOverEveryProtocol(t *testing.T) {
	for _, protocol := range []results.Protocol{results.HTTPS, results.H2, results.H2C} {
		for _, effect := range []faults.Effect{faults.Crash, faults.Exit} {
			for _, d := range netHTTPDeaths {
				t.Run(fmt.Sprint(protocol, " ", effect, " at ", d.point), func(t *testing.T) {
					p := spawn(t, Config{Protocol: protocol, Profile: Profile{Faults: []faults.Fault{once(effect, d.point)}}})
					tr := &http.Transport{Protocols: new(http.Protocols), TLSClientConfig: &tls.Config{RootCAs: p.Roots()}}
					tr.Protocols.SetHTTP1(protocol == results.HTTPS)
					tr.Protocols.SetHTTP2(protocol == results.H2)
					tr.Protocols.SetUnencryptedHTTP2(protocol == results.H2C)
					defer tr.CloseIdleConnections()
					url := protocol.Scheme() + "://" + p.Addr() + "/put/ctrl"
					answered, err := sendBy(t, tr, url)
					if answered != d.answered || (err == nil) != d.whole {
						t.Errorf("answered: %t, %v; want %t, whole: %t", answered, err, d.answered, d.whole)
					}
					if got := ended(t, p, 1); got.Ended != Ending(effect)+" at "+Ending(d.point) || executions(p, "0-1") != d.executed {
						t.Errorf("connection %+v, ledger %+v, want %d lines", got, p.Ledger(), d.executed)
					}
					eventually(t, "an answer after the death", func() bool {
						answered, err := sendBy(t, tr, url)
						return answered && err == nil
					})
					if all := recorded(t, p, d.executed+1); all[0].Connection == all[d.executed].Connection && d.executed > 0 {
						t.Errorf("ledger %+v", all)
					}
				})
			}
		}
	}
}

// sendBy sends a command by net/http and says whether its answer began, and
// what was wrong with it.
func sendBy(t *testing.T, tr *http.Transport, url string) (answered bool, wrong error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "PUT", url, strings.NewReader("turn it on"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(results.IDHeader, "0-1")
	answer, err := tr.RoundTrip(r)
	if err != nil {
		return false, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return true, errors.Join(err, answer.Body.Close())
}

package device

import (
	"errors"
	"testing"
	"time"

	"rstorm/faults"
)

func TestAnswersPromiseToBeKeptAlive(t *testing.T) {
	for _, s := range []struct {
		timeout time.Duration
		max     int
		field   string
	}{
		{5 * time.Second, 100, "timeout=5, max=100"},
		{time.Minute, 0, "timeout=60"},
		{0, 7, "max=7"},
		{0, 0, ""},
	} {
		d := switchOn(t, Profile{KeepAliveTimeout: s.timeout, KeepAliveMax: s.max, Faults: []faults.Fault{
			{Effect: faults.Close, Point: faults.AfterResponse, Announce: true, Selector: faults.Selector{Exchanges: []int{4}}},
		}})
		c := dial(t, d)
		for _, request := range []string{put("0-1"), get("0-2"), get("0-3"), put("0-4")} {
			field, connection := s.field, ""
			if field != "" {
				connection = "keep-alive"
			}
			r := c.do(request)
			closes := request == put("0-4")
			if closes {
				field, connection = "", ""
			}
			if r.Header.Get("Keep-Alive") != field || r.Header.Get("Connection") != connection || r.Close != closes {
				t.Errorf("answer %+v, want %q", r.Response, field)
			}
		}
	}
}

func TestAPromiseIsOfWholeSeconds(t *testing.T) {
	p := Profile{KeepAliveTimeout: 1500 * time.Millisecond}
	field, ok := errors.AsType[*faults.FieldError](errors.Join(p.Validate()...))
	if !ok || field.Field != "keep_alive_timeout" {
		t.Errorf("problems %v", p.Validate())
	}
}

package faults

import (
	"slices"
	"testing"
	"time"
)

func TestAFaultThatCanNeverStrikeIsAConflict(t *testing.T) {
	half := Probability(.5)
	sometimes := Selector{Probability: &half}
	windowed := Selector{Window: Window{From: time.Second, For: time.Second}}
	for _, tt := range []struct {
		name   string
		faults []Fault
		never  []int
	}{
		{"refuse and answer", []Fault{{Effect: Refuse, Point: Connect}, {Effect: Status, Point: BeforeForward, Code: 503}}, []int{1}},
		{"refuse and a toxic", []Fault{{Toxic: &Toxic{Type: "latency"}}, {Effect: Refuse, Point: Connect}}, []int{0}},
		{"refuse for a while and answer", []Fault{{Effect: Refuse, Point: Connect, Selector: windowed}, {Effect: Status, Point: BeforeForward}}, nil},
		{"two doors", []Fault{{Effect: Refuse, Point: Connect}, {Effect: DropSYN, Point: Connect}}, []int{1}},
		{"reset before what comes later", []Fault{{Effect: Close, Point: AfterResponse}, {Effect: Reset, Point: BeforeForward}}, []int{0}},
		{"reset sometimes", []Fault{{Effect: Reset, Point: BeforeForward, Selector: sometimes}, {Effect: Close, Point: AfterResponse}}, nil},
		{"two endings of one answer", []Fault{{Effect: Truncate, Point: Response, Bytes: 5}, {Effect: Reset, Point: Response, Bytes: 9}}, []int{1}},
		{"what ends a connection leaves its idle time none to judge", []Fault{{Effect: Close, Point: AfterResponse}, {Effect: Close, Point: Idle, Delay: After(1)}}, nil},
		{"a close ignored and late", []Fault{{Effect: IgnoreClose, Point: AfterResponse}, {Effect: Close, Point: AfterResponse, Delay: After(1)}}, nil},
		{"for ever stalled", []Fault{{Effect: Stall, Point: AfterForward}, {Effect: Reset, Point: Response}}, []int{1}},
		{"stalled for a while", []Fault{{Effect: Stall, Point: AfterForward, Delay: After(1)}, {Effect: Reset, Point: Response}}, nil},
	} {
		var never []int
		for _, c := range Conflicts(tt.faults) {
			never = append(never, c.Index)
		}
		if !slices.Equal(never, tt.never) {
			t.Errorf("%s: %v can never strike, want %v", tt.name, never, tt.never)
		}
	}
}

func TestAnEffectFitsWhatTheConnectionSpeaks(t *testing.T) {
	for _, tt := range []struct {
		name       string
		fault      Fault
		side       Side
		tls, http2 bool
		fields     []string
	}{
		{"goaway on HTTP/1.1", Fault{Effect: GoAway, Point: AfterResponse}, Device, true, false, []string{"effect"}},
		{"goaway on HTTP/2", Fault{Effect: GoAway, Point: AfterResponse}, Device, false, true, nil},
		{"a bad chunk on HTTP/2", Fault{Effect: Malform, Point: Response}, Device, false, true, []string{"effect"}},
		{"an alert without TLS", Fault{Effect: Alert, Point: Handshake}, Device, false, false, []string{"effect", "point"}},
		{"a request inside TLS, for the link", Fault{Effect: Reset, Point: AfterForward}, Link, true, false, []string{"point"}},
		{"a request inside TLS, for the device", Fault{Effect: Reset, Point: AfterForward}, Device, true, false, nil},
		{"a method inside TLS, for the link", Fault{Effect: Reset, Point: Idle, Selector: Selector{Methods: []string{"PUT"}}}, Link, true, false, []string{"effect"}},
		{"a connection's reset anywhere", Fault{Effect: Reset, Point: Connect}, Link, true, true, nil},
	} {
		var fields []string
		for _, err := range tt.fault.Fit(tt.side, tt.tls, tt.http2) {
			fields = append(fields, err.(*FieldError).Field)
		}
		if !slices.Equal(fields, tt.fields) {
			t.Errorf("%s: wrong at %v, want %v", tt.name, fields, tt.fields)
		}
	}
}

func TestARampScalesTheChanceOrElseTheDelay(t *testing.T) {
	w := Window{From: time.Second, For: 2 * time.Second, Every: 10 * time.Second, Ramp: Up}
	for at, want := range map[time.Duration]float64{time.Second: 0, 2 * time.Second: .5, 12 * time.Second: .5} {
		if got := w.Intensity(at); got != want {
			t.Errorf("intensity at %v = %v, want %v", at, got, want)
		}
	}
	w.Ramp = Down
	if got := w.Intensity(time.Second); got != 1 {
		t.Errorf("a ramp down begins at %v", got)
	}
	p := NewPlan(1, Link, []Fault{{Effect: Hold, Point: AfterForward, Delay: After(time.Second), Selector: Selector{Window: Window{For: 10 * time.Second, Ramp: Up}}}})
	if hits := p.At(AfterForward, Event{Command: "0-1", At: 5 * time.Second}); len(hits) != 1 || hits[0].Wait != time.Second/2 {
		t.Errorf("half way up: %+v", hits)
	}
	always := Probability(1)
	p = NewPlan(1, Link, []Fault{{Effect: Reset, Point: AfterForward, Selector: Selector{Probability: &always, Window: Window{For: 10 * time.Second, Ramp: Up}}}})
	struck := 0
	for i := range 1000 {
		struck += len(p.At(AfterForward, Event{Connection: i + 1, At: 3 * time.Second}))
	}
	if struck < 240 || struck > 360 {
		t.Errorf("at 30 %% of the ramp %d of 1000 were struck", struck)
	}
}

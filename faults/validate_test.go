package faults

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryEffectAtEveryPointIsEitherCarriedOutOrRefused(t *testing.T) {
	for _, kind := range Effects {
		for _, side := range []Side{Device, Link} {
			for _, place := range Points {
				f := Fault{Effect: kind.Effect, Point: place.Point}
				if place.Point == Idle || kind.Effect == Hold {
					f.Delay = After(time.Millisecond)
				}
				switch kind.Effect {
				case Status:
					f.Code = 503
				case Alert:
					f.Code = 40
				case Malform:
					f.Form = TwoLengths
				case Dribble:
					f.Delay = After(time.Millisecond)
				}
				allowed := slices.Contains(kind.On(side), place.Point)
				if errs := f.Validate(side); (len(errs) == 0) != allowed {
					t.Errorf("%s at %s by the %s: %v, allowed %v", kind.Effect, place.Point, side, errors.Join(errs...), allowed)
				}
			}
		}
	}
}

func TestAFaultWithoutAPointGetsItsEffectsFirst(t *testing.T) {
	f := Fault{Effect: Stall}
	f.Complete(Link)
	if f.Point != AfterForward {
		t.Errorf("point = %q", f.Point)
	}
	toxic := Fault{Toxic: &Toxic{Type: "latency"}}
	toxic.Complete(Link)
	if toxic.Toxic.Stream != Downstream {
		t.Errorf("stream = %q", toxic.Toxic.Stream)
	}
}

func TestContradictionsAreNamedByField(t *testing.T) {
	half := Probability(.5)
	for _, tt := range []struct {
		name  string
		fault Fault
		side  Side
		field string
		says  string
	}{
		{"nothing", Fault{}, Link, "", "needs an effect or a toxic"},
		{"a late loss", Fault{Effect: Drop, Point: Packet, Delay: After(1)}, Link, "delay", "drop takes no delay"},
		{"wrong side", Fault{Effect: Crash}, Link, "effect", "can't be had at the link"},
		{"impossible point", Fault{Effect: Refuse, Point: Response}, Link, "point", "it can at connect"},
		{"bytes elsewhere", Fault{Effect: Reset, Point: Connect, Bytes: 3}, Link, "bytes", "request and response only"},
		{"idle without a time", Fault{Effect: Close, Point: Idle}, Device, "point", "needs a delay"},
		{"delay without a delay", Fault{Effect: Hold, Point: Connect}, Link, "effect", "needs a delay"},
		{"announced by the link", Fault{Effect: Close, Point: AfterResponse, Announce: true}, Link, "announce", "the device announces"},
		{"announced reset in mid answer", Fault{Effect: Reset, Point: Response, Announce: true}, Device, "announce", "at after-response"},
		{"then without half-close", Fault{Effect: Reset, Point: Connect, Then: ThenClose}, Device, "then", "goes with"},
		{"then stall", Fault{Effect: HalfClose, Point: AfterResponse, Then: "stall"}, Device, "then", `unknown then "stall"`},
		{"status without code", Fault{Effect: Status, Point: BeforeForward}, Device, "effect", "needs a code"},
		{"code without status", Fault{Effect: Reset, Point: Connect, Code: 503}, Device, "code", "goes with effect status"},
		{"refuse by chance", Fault{Effect: Refuse, Point: Connect, Selector: Selector{Probability: &half}}, Link, "effect", "works on the listener"},
		{"method at connect", Fault{Effect: Reset, Point: Connect, Selector: Selector{Methods: []string{"PUT"}}}, Link, "methods", "no method is known"},
		{"method in lower case", Fault{Effect: Reset, Point: AfterForward, Selector: Selector{Methods: []string{"put"}}}, Link, "methods", "upper case"},
		{"no command's id", Fault{Effect: Reset, Point: AfterForward, Selector: Selector{Commands: []string{"0-1", "banana"}}}, Link, "commands", "not a command id"},
		{"period without length", Fault{Effect: Reset, Point: Connect, Selector: Selector{Window: Window{Every: time.Second}}}, Link, "every", "needs for"},
		{"window longer than its period", Fault{Effect: Reset, Point: Connect, Selector: Selector{Window: Window{For: 2 * time.Second, Every: time.Second}}}, Link, "for", "never closes"},
		{"a ramp without a length", Fault{Effect: Reset, Point: Connect, Selector: Selector{Window: Window{Ramp: Up}}}, Link, "ramp", "needs for"},
		{"a ramp of a toxic without a length", Fault{Toxic: &Toxic{Type: "timeout", Attributes: map[string]int64{"timeout": 1}, Window: Window{Ramp: Up}}}, Link, "ramp", "needs for"},
		{"a ramp at the door", Fault{Effect: Refuse, Point: Connect, Selector: Selector{Window: Window{For: time.Second, Ramp: Up}}}, Link, "ramp", "all or nothing"},
		{"a request's number at connect", Fault{Effect: Reset, Point: Connect, Selector: Selector{Exchanges: []int{2}}}, Link, "exchanges", "no request is known"},
		{"an alert without a code", Fault{Effect: Alert, Point: Handshake}, Device, "effect", "needs a code"},
		{"no form", Fault{Effect: Malform, Point: Response}, Device, "effect", "needs a form"},
		{"an unknown form", Fault{Effect: Malform, Point: Response, Form: "rude"}, Device, "form", `unknown form "rude"`},
		{"an unknown error code", Fault{Effect: RSTStream, Point: AfterForward, Error: "OOPS"}, Device, "error", `unknown error "OOPS"`},
		{"a status below all", Fault{Effect: Status, Point: BeforeForward, Code: 99}, Device, "code", "want 200 to 599"},
		{"a segment without packets", Fault{Effect: Hold, Delay: After(1), Point: Passage, Segments: []Segment{SYN}}, Link, "segments", "at the point packet only"},
		{"down without a crash", Fault{Effect: Reset, Point: Connect, Down: After(1)}, Device, "down", "crash and exit"},
		{"toxic in the device", Fault{Toxic: &Toxic{Type: "latency"}}, Device, "toxic", "works on the link"},
		{"unknown toxic", Fault{Toxic: &Toxic{Type: "latenzy"}}, Link, "toxic", `unknown toxic "latenzy"`},
		{"missing attribute", Fault{Toxic: &Toxic{Type: "bandwidth"}}, Link, "attributes", "needs the attribute rate"},
		{"rate 0 hangs for ever", Fault{Toxic: &Toxic{Type: "bandwidth", Attributes: map[string]int64{"rate": 0}}}, Link, "attributes.rate", "want 1 to"},
		{"unknown attribute", Fault{Toxic: &Toxic{Type: "timeout", Attributes: map[string]int64{"timeout": 1, "timeuot": 1}}}, Link, "attributes.timeuot", `no attribute "timeuot"`},
		{"jitter above latency", Fault{Toxic: &Toxic{Type: "latency", Attributes: map[string]int64{"latency": 1, "jitter": 2}}}, Link, "attributes.jitter", "larger than latency"},
		{"slicer overflows the stack", Fault{Toxic: &Toxic{Type: "slicer", Attributes: map[string]int64{"average_size": 4, "size_variation": 4}}}, Link, "attributes.size_variation", "not below"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			errs := tt.fault.Validate(tt.side)
			if len(errs) != 1 {
				t.Fatalf("errors = %v, want one", errs)
			}
			field, ok := errors.AsType[*FieldError](errs[0])
			if !ok || field.Field != tt.field || !strings.Contains(field.Problem, tt.says) {
				t.Errorf("error at %q: %v, want at %q: %q", field.Field, errs[0], tt.field, tt.says)
			}
		})
	}
}

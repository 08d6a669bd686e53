package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/faults"
)

// parse reads a suite that must be valid.
func parse(t *testing.T, text string) *Suite {
	t.Helper()
	s, err := Parse("f.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatalf("\n%v", err)
	}
	return s
}

// fieldCase is the example of the design, with the strategies there are.
const fieldCase = `
version: 1
defaults:
  load: {clients: 1, commands: 200, timeout: 3s}
  strategies: [naive, close, refresh, retry, go-default]
profiles:
  closes-silently:              # the field case
    service_time: 20ms
    faults:
      - {effect: half-close, point: after-response, delay: 2.7ms, then: close}
scenarios:
  - name: close race
    about: The device closes without saying so while the next command is on its way.
    device: closes-silently
    load: {gap: 2.2ms, mix: [put ctrl, get state]}
    assert:
      - resets > 0                       # the fault bites, else this scenario tests nothing
      - naive: success < 60%
      - close: success >= 99%
      - retry: {success: ">= 99%", duplicates: 0}
      - close.success - naive.success > 30%
  - name: jittery network
    link:
      - {toxic: latency, stream: downstream, attributes: {latency: 20, jitter: 10}}
      - {effect: reset, point: after-forward, probability: 5%}
`

func TestTheFieldCaseIsReadyToPlay(t *testing.T) {
	s := parse(t, fieldCase)
	race, jitter := s.Scenarios[0], s.Scenarios[1]
	closes := []faults.Fault{{Effect: faults.HalfClose, Point: faults.AfterResponse, Delay: faults.After(2700 * time.Microsecond), Then: faults.ThenClose}}
	if race.DeviceName != "closes-silently" || race.Device.ServiceTime != faults.After(20*time.Millisecond) || !reflect.DeepEqual(race.Device.Faults, closes) {
		t.Errorf("device %q is %+v", race.DeviceName, race.Device)
	}
	load := Load{Clients: 1, Concurrency: 1, Commands: 200, Gap: faults.After(2200 * time.Microsecond), Mix: BuiltIn(), Order: Alternate, Timeout: 3 * time.Second}
	if !reflect.DeepEqual(race.Load, load) {
		t.Errorf("load is %+v", race.Load)
	}
	want := "[resets > 0 naive.success < 60% close.success >= 99% retry.success >= 99% retry.duplicates == 0 close.success - naive.success > 30%]"
	if got := fmt.Sprint(race.Assert); got != want {
		t.Errorf("asserts %s", got)
	}
	if jitter.DeviceName != Calm || len(jitter.Assert) != 0 || len(jitter.Strategies) != 5 {
		t.Errorf("got %+v", jitter)
	}
	five := faults.Probability(.05)
	link := []faults.Fault{
		{Toxic: &faults.Toxic{Type: "latency", Stream: faults.Downstream, Toxicity: 1, Attributes: map[string]int64{"latency": 20, "jitter": 10}}},
		{Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Probability: &five}},
	}
	if !reflect.DeepEqual(jitter.Link, link) {
		t.Errorf("link is %+v", jitter.Link)
	}
	if string(s.Text) != fieldCase || len(s.Profiles) != 2 || s.Profiles[0].Name != Calm || s.Profiles[1].Name != "closes-silently" {
		t.Errorf("profiles are %+v", s.Profiles)
	}
}

func TestAFileNeedsLittle(t *testing.T) {
	s := parse(t, "version: 1\nscenarios: [{name: x}]")
	sc := s.Scenarios[0]
	if !reflect.DeepEqual(sc.Load, DefaultLoad()) || sc.DeviceName != Calm || !reflect.DeepEqual(sc.Strategies, usualStrategies()) {
		t.Errorf("got %+v", sc)
	}
}

func TestALoadChangesItsDefaultsFieldByField(t *testing.T) {
	const head = `
version: 1
commands: {reboot: {method: POST, target: "/put/ctrl?x=1", body: now}}
defaults: {load: {clients: 3, commands: 7, gap: "uniform(1ms, 3ms)", mix: [get state]}}
scenarios: [{name: x, load: %s}]`
	uniform := faults.Delay{}
	if err := uniform.UnmarshalText([]byte("uniform(1ms, 3ms)")); err != nil {
		t.Fatal(err)
	}
	state := BuiltIn()[1:]
	for load, want := range map[string]Load{
		"{}":                               {Clients: 3, Concurrency: 1, Commands: 7, Gap: uniform, Mix: state, Order: Alternate, Timeout: 3 * time.Second},
		"{clients: 1, timeout: 1m}":        {Clients: 1, Concurrency: 1, Commands: 7, Gap: uniform, Mix: state, Order: Alternate, Timeout: time.Minute},
		"{duration: 5s}":                   {Clients: 3, Concurrency: 1, Duration: 5 * time.Second, Gap: uniform, Mix: state, Order: Alternate, Timeout: 3 * time.Second},
		"{rate: 0.5, order: shuffle}":      {Clients: 3, Concurrency: 1, Commands: 7, Rate: .5, Mix: state, Order: Shuffle, Timeout: 3 * time.Second},
		"{gap: 0s, mix: [reboot, reboot]}": {Clients: 3, Concurrency: 1, Commands: 7, Mix: []Template{reboot, reboot}, Order: Alternate, Timeout: 3 * time.Second},
	} {
		if got := parse(t, fmt.Sprintf(head, load)).Scenarios[0].Load; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v,\nwant %+v", load, got, want)
		}
	}
}

var reboot = Template{Name: "reboot", Method: "POST", Target: "/put/ctrl?x=1", Body: []byte("now")}

func TestAStrategyHasItsSettingsAndALabel(t *testing.T) {
	s := parse(t, `
version: 1
scenarios:
  - name: x
    strategies:
      - naive
      - {use: retry, as: patient, attempts: 8, backoff: 0s, on: [reset, refused], methods: [PUT]}
      - use: retry
      - {use: refresh, connect_timeout: 1s, unique: false}
      - {use: naive, as: mine, liveness: peek, retry: stale-any}
    assert: [patient: "duplicates > 0"]`)
	retry := clients.Raw{Retry: clients.Retry{When: clients.Any, Attempts: 4, Backoff: 20 * time.Millisecond}}
	patient := clients.Raw{Retry: clients.Retry{When: clients.Any, Attempts: 8, On: []clients.Trigger{"reset", "refused"}, Methods: []string{"PUT"}}}
	mine := clients.Raw{Liveness: clients.Peek, Retry: clients.Retry{When: clients.StaleAny}}
	once := clients.Raw{Reuse: clients.Fresh, Close: clients.CloseClient, Renew: true, ConnectTimeout: time.Second}
	want := []Strategy{
		{Label: "naive", Use: "naive", Strategy: clients.Raw{}},
		{Label: "patient", Use: "retry", Settings: "attempts: 8, backoff: 0s, on: [reset, refused], methods: [PUT]", Strategy: patient},
		{Label: "retry", Use: "retry", Strategy: retry},
		{Label: "refresh", Use: "refresh", Settings: "unique: false, connect_timeout: 1s", Strategy: once},
		{Label: "mine", Use: "naive", Settings: "liveness: peek, retry: stale-any", Strategy: mine},
	}
	if got := s.Scenarios[0].Strategies; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v,\nwant %+v", got, want)
	}
}

func TestAliasesRepeatWhatAnAnchorNames(t *testing.T) {
	s := parse(t, `
version: 1
scenarios:
  - name: one
    device: &slow {service_time: 5ms, faults: [{effect: close}]}
    load: &load {gap: &gap 2ms, mix: &mix [put ctrl]}
    strategies: &two [naive, &close close]
    assert: &must [&bound resets > 0]
  - name: two
    device: *slow
    load: *load
    strategies: *two
    assert: *must
  - {name: three, load: {gap: *gap, mix: *mix}, strategies: [*close], assert: [*bound]}`)
	one, two, three := s.Scenarios[0], s.Scenarios[1], s.Scenarios[2]
	one.Name = two.Name
	if !reflect.DeepEqual(one, two) || !reflect.DeepEqual(three.Load, two.Load) || three.Strategies[0].Label != "close" || len(three.Assert) != 1 {
		t.Errorf("got\n%+v\n%+v\n%+v", one, two, three)
	}
	if one.DeviceName != "" || one.Device.Faults[0].Point != faults.AfterResponse {
		t.Errorf("device %q is %+v", one.DeviceName, one.Device)
	}
}

func TestThresholdsHaveManyForms(t *testing.T) {
	s := parse(t, `
version: 1
scenarios:
  - name: x
    strategies: [naive, close, go-default]
    assert:
      - resets > 0
      - "success[PUT] - success[GET] < 5%"
      - naive: success < 60%
      - naive: [success < 60%, "resets.seen > 0"]
      - close: {success: ">= 99%", duplicates: 0, "p50[GET]": < 3ms, p99: 5ms, ghosts: "!= 7"}
        go-default: resets.hidden > 0
      - close.success - naive.success > 30%`)
	want := "[resets > 0 success[PUT] - success[GET] < 5% naive.success < 60% naive.success < 60% naive.resets.seen > 0" +
		" close.success >= 99% close.duplicates == 0 close.p50[GET] < 3ms close.p99 == 5ms close.ghosts != 7" +
		" go-default.resets.hidden > 0 close.success - naive.success > 30%]"
	if got := fmt.Sprint(s.Scenarios[0].Assert); got != want {
		t.Errorf("got  %s,\nwant %s", got, want)
	}
}

package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/device"
	"rstorm/faults"
)

const sweepable = `version: 1
profiles:
  field: {service_time: "uniform(1ms, 3ms)", connections_per_second: 10, keep_alive_timeout: 5s, faults: [
    {effect: half-close, point: after-response, delay: 2.7ms, then: close},
    {effect: reset, point: response, bytes: 3, probability: 5%},
    {effect: reset, point: idle, delay: 1s}]}
scenarios:
  - name: one
    device: field
    load: {commands: 50, gap: "lognormal(2ms, 0.5)"}
    strategies: [naive, {use: retry, as: patient, attempts: 8}]
    link: [{toxic: latency, attributes: {latency: 20}}, {effect: reset, point: after-forward, probability: 5%}]
  - name: open
    load: {rate: 50}
    strategies: [{use: retry, attempts: 3}]
`

func scenarioOf(t *testing.T, text string, i int) *Scenario { return &parse(t, text).Scenarios[i] }

func TestEveryNumberOfAScenarioCanBeSetByItsPath(t *testing.T) {
	for _, c := range []struct {
		path, text string
		unit       Unit
		value      float64
		now        string
		of         func(s *Scenario) any
		want       any
	}{
		{"load.gap", "4.7ms", Nanoseconds, 4.7e6, "lognormal(2ms, 0.5)", func(s *Scenario) any { return s.Load.Gap }, faults.After(4700 * time.Microsecond)},
		{"load.gap", "50us", Nanoseconds, 5e4, "lognormal(2ms, 0.5)", func(s *Scenario) any { return s.Load.Gap }, faults.After(50 * time.Microsecond)},
		{"load.rate", "12.5", Float, 12.5, "", func(s *Scenario) any { return s.Load.Rate }, 12.5},
		{"load.clients", "3", Whole, 3, "1", func(s *Scenario) any { return s.Load.Clients }, 3},
		{"load.concurrency", "4", Whole, 4, "1", func(s *Scenario) any { return s.Load.Concurrency }, 4},
		{"load.timeout", "20ms", Nanoseconds, 2e7, "3s", func(s *Scenario) any { return s.Load.Timeout }, 20 * time.Millisecond},
		{"load.commands", "7", Whole, 7, "50", func(s *Scenario) any { return s.Load.Commands }, 7},
		{"load.duration", "1s", Nanoseconds, 1e9, "", func(s *Scenario) any { return [2]any{s.Load.Duration, s.Load.Commands} }, [2]any{time.Second, 0}},
		{"device.service_time", "0s", Nanoseconds, 0, "uniform(1ms, 3ms)", func(s *Scenario) any { return s.Device.ServiceTime }, faults.Delay{}},
		{"device.connections_per_second", "99", Whole, 99, "10", func(s *Scenario) any { return s.Device.ConnectionsPerSecond }, 99},
		{"device.keep_alive_timeout", "2s", Nanoseconds, 2e9, "5s", func(s *Scenario) any { return s.Device.KeepAliveTimeout }, 2 * time.Second},
		{"device.faults.0.delay", "1ms", Nanoseconds, 1e6, "2.7ms", func(s *Scenario) any { return s.Device.Faults[0].Delay }, faults.After(time.Millisecond)},
		{"device.faults.half-close.delay", "1ms", Nanoseconds, 1e6, "2.7ms", func(s *Scenario) any { return s.Device.Faults[0].Delay }, faults.After(time.Millisecond)},
		{"device.faults.after-response.delay", "1ms", Nanoseconds, 1e6, "2.7ms", func(s *Scenario) any { return s.Device.Faults[0].Delay }, faults.After(time.Millisecond)},
		{"device.faults.idle.delay", "1ms", Nanoseconds, 1e6, "1s", func(s *Scenario) any { return s.Device.Faults[2].Delay }, faults.After(time.Millisecond)},
		{"device.faults.1.bytes", "9", Whole, 9, "3", func(s *Scenario) any { return s.Device.Faults[1].Bytes }, int64(9)},
		{"device.faults.1.first", "9", Whole, 9, "", func(s *Scenario) any { return s.Device.Faults[1].First }, 9},
		{"device.faults.0.probability", "10%", Share, .1, "", func(s *Scenario) any { return *s.Device.Faults[0].Probability }, faults.Probability(.1)},
		{"link.1.probability", "0.25", Share, .25, "5%", func(s *Scenario) any { return *s.Link[1].Probability }, faults.Probability(.25)},
		{"link.reset.from", "1s", Nanoseconds, 1e9, "", func(s *Scenario) any { return s.Link[1].From }, time.Second},
		{"link.latency.latency", "30", Whole, 30, "20", func(s *Scenario) any { return s.Link[0].Toxic.Attributes["latency"] }, int64(30)},
		{"link.latency.attributes.jitter", "5", Whole, 5, "", func(s *Scenario) any { return s.Link[0].Toxic.Attributes["jitter"] }, int64(5)},
		{"link.latency.toxicity", "50%", Share, .5, "100%", func(s *Scenario) any { return s.Link[0].Toxic.Toxicity }, faults.Probability(.5)},
	} {
		sc := scenarioOf(t, sweepable, 0)
		setting, err := sc.Setting(c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		value, err := setting.Parse(c.text)
		if err != nil || value != c.value || setting.Unit != c.unit || setting.Now != c.now {
			t.Errorf("%s %s: %v, %v %s, now %q", c.path, c.text, err, value, setting.Unit, setting.Now)
		}
		if back, err := setting.Parse(setting.Text(value)); err != nil || back != value {
			t.Errorf("%s: %v is written %s and read as %v, %v", c.path, value, setting.Text(value), back, err)
		}
		changed, err := setting.With(value)
		if err != nil || !reflect.DeepEqual(c.of(changed), c.want) {
			t.Errorf("%s: %v, %v, want %v", c.path, err, changed, c.want)
		}
		if !reflect.DeepEqual(sc, scenarioOf(t, sweepable, 0)) {
			t.Errorf("%s: the scenario itself has changed", c.path)
		}
	}
}

func TestAZeroThatTurnsASettingOffIsKnown(t *testing.T) {
	text := strings.Replace(sweepable, "delay: 1s}]}", "delay: 1s}, {effect: stall, point: request, delay: 1s}]}", 1)
	text = strings.Replace(text, "link: [", "link: [{toxic: timeout, attributes: {timeout: 3}}, ", 1)
	text = strings.Replace(text, "[naive, {use: retry, as: patient, attempts: 8}]", "[{use: retry, as: patient, attempts: 8}]", 1)
	for path, want := range map[string]string{
		"load.gap": "", "load.timeout": "", "load.ports": "leaves them to the system",
		"device.service_time": "", "device.connections_per_second": "is no limit", "device.max_connections": "is no limit",
		"device.faults.0.delay": "", "device.faults.0.bytes": "", "device.faults.1.probability": "", "device.faults.1.first": "is no limit",
		"device.faults.3.delay": "is for ever", "link.latency.latency": "", "link.timeout.timeout": "never closes", "link.timeout.toxicity": "",
		"strategy.idle": "is no limit", "strategy.deadline": "is no limit of its own", "strategy.attempts": "is 2", "strategy.backoff": "", "strategy.jitter": "",
	} {
		if setting, err := scenarioOf(t, text, 0).Setting(path); err != nil || setting.Zero != want {
			t.Errorf("%s: %v, want that 0 %q: %+v", path, err, want, setting)
		}
	}
}

// What people read of a 0 and what the program knows of it are the same.
func TestEveryZeroThatIsExplainedIsTagged(t *testing.T) {
	types := []any{Load{}, device.Profile{}, faults.Fault{}, faults.Toxic{}}
	for _, k := range clients.Kinds {
		types = append(types, k.Defaults)
	}
	tagged := 0
	for _, v := range types {
		for _, f := range fields(reflect.TypeOf(v)) {
			if _, said, ok := strings.Cut(f.doc, "; 0 "); unitOf(f.typ) != "" && (ok || f.zero != "") {
				if tagged++; said != f.zero {
					t.Errorf("%T: %s: it is said that 0 %q, and known that it %q", v, f.key, said, f.zero)
				}
			}
		}
	}
	if tagged < 20 {
		t.Errorf("only %d zeros are explained", tagged)
	}
}

func TestASettingOfTheStrategyIsThatOfAllThatArePlayed(t *testing.T) {
	sc := scenarioOf(t, sweepable, 1)
	setting, err := sc.Setting("strategy.attempts")
	if err != nil || setting.Now != "3" {
		t.Fatalf("%v, %+v", err, setting)
	}
	changed, err := setting.With(5)
	if err != nil || changed.Strategies[0].Settings != "attempts: 5" || reflect.DeepEqual(changed.Strategies, sc.Strategies) {
		t.Errorf("%v, %+v", err, changed)
	}
	if st, err := sc.Strategy("naive"); err != nil || st.Use != "naive" || st.Strategy == nil {
		t.Errorf("%v, %+v", err, st)
	}
	if st, err := sc.Strategy("retry"); err != nil || st.Settings != "attempts: 3" {
		t.Errorf("%v, %+v: not the scenario's own", err, st)
	}
	if _, err := sc.Strategy("naiv"); err == nil || !strings.Contains(err.Error(), `did you mean "naive"?`) {
		t.Error(err)
	}
}

func TestGapAndRateTakeEachOthersPlace(t *testing.T) {
	setting, err := scenarioOf(t, sweepable, 0).Setting("load.rate")
	if err != nil || setting.Note != "load.rate takes the place of load.gap lognormal(2ms, 0.5): the loop is open" {
		t.Errorf("%v, %q", err, setting.Note)
	}
	if s, err := setting.With(20); err != nil || s.Load.Rate != 20 || !s.Load.Gap.IsZero() {
		t.Errorf("%v, %+v", err, s.Load)
	}
	setting, err = scenarioOf(t, sweepable, 1).Setting("load.gap")
	if err != nil || setting.Note != "load.gap takes the place of load.rate 50: the loop is closed" {
		t.Errorf("%v, %q", err, setting.Note)
	}
	if s, err := setting.With(2e6); err != nil || s.Load.Rate != 0 || s.Load.Gap != faults.After(2*time.Millisecond) {
		t.Errorf("%v, %+v", err, s.Load)
	}
	if setting, err = scenarioOf(t, sweepable, 0).Setting("load.gap"); err != nil || setting.Note != "load.gap is lognormal(2ms, 0.5) in the scenario: constants replace the distribution" {
		t.Errorf("%v, %q", err, setting.Note)
	}
}

func TestAPathThatLeadsNowhereNamesWhatThereIs(t *testing.T) {
	for path, want := range map[string]string{
		"lod.gap":                      `unknown setting "lod.gap"`,
		"":                             `unknown setting ""; known: load, device, link, strategy`,
		"load":                         `load is a mapping, not a number: there is clients, concurrency, commands, duration, gap, rate, ports, timeout`,
		"load.gpa":                     `load has no "gpa"; did you mean "gap"?`,
		"load.order":                   `load.order is one of alternate, shuffle, not a number`,
		"load.mix":                     `load.mix is a list, not a number`,
		"load.gap.median":              `load.gap is a delay: "median" leads nowhere from there`,
		"device.fautls.0.delay":        `device has no "fautls"; did you mean "faults"?`,
		"device.faults":                `device.faults is a list, not a number: there is 0 (half-close at after-response`,
		"device.faults.9.delay":        `device.faults has no fault "9": there is 0 (half-close at after-response`,
		"device.faults.reset.delay":    `device.faults has several faults "reset": say which by its number: there is 0 (half-close`,
		"device.faults.0":              `device.faults.0 is a mapping, not a number: there is delay, bytes`,
		"device.faults.0.effect":       `device.faults.0.effect is one of reset, close`,
		"device.faults.0.delya":        `device.faults.0 has no "delya"; did you mean "delay"?`,
		"device.deduplicate":           `device.deduplicate is true or false, not a number`,
		"link.latency.jiter":           `link.latency has no "jiter"; did you mean "jitter"?`,
		"link.latency.attributes":      `link.latency.attributes is a mapping of numbers: there is latency, jitter`,
		"link.latency.attributes.rate": `link.latency.attributes has no "rate"; known: latency, jitter`,
		"link.latency.delay":           `link.latency has no "delay"; known: latency, jitter, toxicity, from, for, every`,
		"strategy.attempst":            `strategy naive has no "attempst"`,
		"load..gap":                    `load has no ""`,
	} {
		if _, err := scenarioOf(t, sweepable, 0).Setting(path); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", path, err, want)
		}
	}
	if _, err := scenarioOf(t, sweepable, 1).Setting("link.0.delay"); err == nil || err.Error() != `link is empty in this scenario: there is no fault "0"` {
		t.Error(err)
	}
}

func TestAValueMeetsTheChecksOfAFile(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"load.gap", "5", `load.gap: "5" is not a duration`},
		{"load.gap", "uniform(1ms, 2ms)", `load.gap: want one time, as in 2.7ms, not the distribution`},
		{"load.gap", "-1ms", `load.gap: a delay can't be negative`},
		{"load.gap", "", `load.gap: want a time with its unit`},
		{"load.gap", "[", `load.gap: want a time with its unit`},
		{"load.gap", "~", `load.gap has no value`},
		{"load.timeout", "0s", `load.timeout is 0s, want 1ms to 1h`},
		{"load.timeout", "3", `load.timeout: want a time with its unit, as in 250ms, not "3"`},
		{"load.clients", "2.5", `load.clients: want a whole number, not "2.5"`},
		{"load.clients", "0", `load.clients is 0, want 1 to 10000`},
		{"load.rate", "fast", `load.rate: want a number, not "fast"`},
		{"link.1.probability", "200%", `link.1.probability: probability 200% is outside 0% to 100%`},
	} {
		setting, err := scenarioOf(t, sweepable, 0).Setting(c.path)
		if err == nil {
			_, err = setting.Parse(c.text)
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %s: %v\nwant %s", c.path, c.text, err, c.want)
		}
	}
	for _, c := range []struct {
		path  string
		value float64
		want  string
	}{
		{"load.commands", 2e6, "load.commands is 2000000, want 1 to 1000000"},
		{"device.keep_alive_timeout", 1.5e9, "device.keep_alive_timeout 1.5s: a Keep-Alive field counts in whole seconds"},
		{"device.faults.2.delay", 0, "device.faults.2.delay 0s: point idle needs a delay"},
		{"link.latency.jitter", 21, "link.latency.jitter 21: jitter is larger than latency"},
		{"link.latency.latency", -1, "link.latency.latency is -1, want at least 0"},
	} {
		setting, err := scenarioOf(t, sweepable, 0).Setting(c.path)
		if err == nil {
			_, err = setting.With(c.value)
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %v: %v\nwant %s", c.path, c.value, err, c.want)
		}
	}
	many := scenarioOf(t, strings.Replace(sweepable, "commands: 50", "commands: 1000", 1), 0)
	setting, err := many.Setting("load.clients")
	if err == nil {
		_, err = setting.With(2000)
	}
	if err == nil || !strings.Contains(err.Error(), "2000 clients with 1000 commands each send 2000000") {
		t.Error(err)
	}
}

func TestTheValuesOfARangeAreThoseThatCanBeHadAndAreWorthTellingApart(t *testing.T) {
	for _, c := range []struct {
		path     string
		from, to float64
		step     float64
		at, to2  float64
	}{
		{"load.gap", 0, 10e6, 1e5, 4.74e6, 4.7e6},
		{"load.gap", 1e6, 3e6, 2e4, 0, 1e6},
		{"load.clients", 1, 16, 1, 3.4, 3},
		{"load.clients", 100, 900, 5, 901, 900},
		{"load.rate", .5, 1.5, .01, .123456, .5},
		{"link.1.probability", 0, 1, .01, .3333, .33},
		{"device.keep_alive_timeout", 1e9, 9e9, 1e9, 2.4e9, 2e9},
	} {
		setting, err := scenarioOf(t, sweepable, 0).Setting(c.path)
		if err != nil {
			t.Fatal(err)
		}
		step, round, err := setting.Values(c.from, c.to)
		if err != nil || fmt.Sprintf("%.6g", step) != fmt.Sprintf("%.6g", c.step) || round(c.at) != c.to2 {
			t.Errorf("%s: %v, step %v, %v becomes %v", c.path, err, step, c.at, round(c.at))
		}
		if _, err := setting.With(round(c.at)); err != nil {
			t.Error(err)
		}
	}
	setting, err := scenarioOf(t, sweepable, 0).Setting("device.faults.2.delay")
	if err == nil {
		_, _, err = setting.Values(0, 1e6)
	}
	if err == nil || !strings.Contains(err.Error(), "point idle needs a delay") {
		t.Error(err)
	}
}

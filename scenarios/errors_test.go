package scenarios

import (
	"errors"
	"strings"
	"testing"
)

// bad are files and all that is wrong with them. The file begins with the line
// version: 1 unless it is cut off by a minus.
var bad = []struct{ text, want string }{
	// the file
	{"-", "1:1: the file is empty: want version: 1 and scenarios"},
	{"-# nothing\n", "1:1: the file is empty: want version: 1 and scenarios"},
	{"----\n", "1:1: the file is empty: want version: 1 and scenarios"},
	{"-- a\n", "1:1: want a mapping with version and scenarios, not a list"},
	{"-just text", `1:1: want a mapping with version and scenarios, not "just text"`},
	{"-scenarios: []", "1:1: version is missing: want version: 1"},
	{"-scenarios: []\nversion: 2\nfoo: bar", "2:10: version 2 is not known here: want version: 1"},
	{"-version: one", `1:10: version: want a whole number, not "one"`},
	{"-version:", "1:9: version has no value: give it one or leave it out"},
	{"", "1:1: there is no scenario to play"},
	{"scenarios: []", "2:12: there is no scenario to play"},
	{"scenario: []", `2:1: unknown key "scenario"; did you mean "scenarios"?`},
	{"scenarios: [{name: x}]\nscenarios: []", `3:1: "scenarios" is here twice; the first stands in line 2`},
	{"scenarios: [{name: x}]\n---\nversion: 1", "3:1: a second document begins here: a file holds one"},
	{"scenarios: [{name: x}]\n---\n[", "4:1: not YAML: did not find expected node content"},

	// what YAML says
	{"scenarios:\n\t- name: x", "3:1: not YAML: a tab in the indentation: use spaces"},
	{"scenarios: [", "2:1: not YAML: did not find expected node content"},
	{"scenarios:\n  - name: x\n about: y", "4:1: not YAML: did not find expected key"},
	{"a: b: c", "2:1: not YAML: mapping values are not allowed in this context"},
	{"scenarios:\n  - name: x\n    assert: [{naive: {success: >= 99%}}]", `4:1: not YAML: found character that cannot start any token: quote text that begins with a sign, as in ">= 99%"`},
	{"scenarios: [*nobody]", `2:13: unknown anchor "nobody": no &nobody stands before it`},
	{"scenarios: &s [*s]", "2:16: a scenario is a mapping, not a list"},
	{"scenarios: [&s {name: x, load: *s}]", `2:32: the anchor "s" contains itself`},
	{"scenarios: [{<<: {name: x}, name: y}]", "2:14: merge keys (<<) are not supported: repeat the keys, or use defaults"},
	{"scenarios: [{name: !!str x}]", "2:20: name: tags such as !!str are not supported"},
	{"scenarios: [{name: x, [a]: b}]", "2:23: a key is a name, not a list"},
	{"scenarios: [{name: &n x, *n : b}]", `2:26: a key is a name, not "x"`},
	{"scenarios: [{name: x, '': b}]", `2:23: a key is a name, not ""`},
	{"scenarios: [{name: x, about: }]", "2:30: about has no value: give it one or leave it out"},

	// scenarios
	{"scenarios: {name: x}", "2:12: scenarios: want a list, not a mapping"},
	{"scenarios: [x]", `2:13: a scenario is a mapping, not "x"`},
	{"scenarios: [{about: x}]", "2:13: a scenario has a name: it is missing"},
	{`scenarios: [{name: ""}, {name: " x"}, {name: "x\ny"}]`, `2:20: "" is not a name: want printable text in one line
2:32: " x" is not a name: want printable text in one line
2:46: "x\ny" is not a name: want printable text in one line`},
	{"scenarios:\n- name: x\n- name: x", `4:9: the scenario "x" is here twice; the first stands in line 3`},
	{"scenarios: [{name: 5}]", `2:20: name: want text, not "5"`},
	{"scenarios: [{nam: x}]", "2:13: a scenario has a name: it is missing\n" + `2:14: unknown key "nam"; did you mean "name"?`},

	// load
	{"scenarios: [{name: x, load: {clients: 2, commands: 600000}}]", "2:29: 2 clients with 600000 commands each send 1200000, want 1000000 at most"},
	{"scenarios: [{name: x, link: [{effect: reset, methods: [GET, POST]}]}]", "2:55: no command of the mix has the method POST"},
	{"scenarios: [{name: x, load: {clients: 0, commands: -1, timeout: 0s, rate: 0}}]", `2:39: clients is 0, want 1 to 10000
2:52: commands is -1, want 1 to 1000000
2:65: timeout is 0s, want 1ms to 1h
2:75: rate is 0, want 0.001 to 1000000`},
	{"defaults: {load: {clients: many, commands: 1.5, timeout: 5, gap: -2ms, rate: .inf, order: shufle}}\nscenarios: [{name: x}]",
		`2:28: clients: want a whole number, not "many"
2:44: commands: want a whole number, not "1.5"
2:58: timeout: want a time with its unit, as in 250ms, not "5"
2:66: gap: a delay can't be negative
2:78: rate: want a number, not ".inf"
2:78: gap and rate exclude each other
2:91: unknown order "shufle"; did you mean "shuffle"?`},
	{"scenarios: [{name: x, load: {duration: 3s, commands: 3}}]", "2:40: commands and duration exclude each other"},
	{"scenarios: [{name: x, load: {commands: 0x10, clients: 99999999999999999999}}]",
		`2:40: commands: want a whole number, not "0x10"` + "\n" + `2:55: clients: want a whole number, not "99999999999999999999"`},
	{"scenarios: [{name: x, load: {mix: []}}]", "2:35: mix is empty: name at least one command"},
	{"scenarios: [{name: x, load: {mix: [put ctlr, [get state]]}, assert: ['success[POST] > 3%']}]",
		`2:36: unknown command "put ctlr"; did you mean "put ctrl"?` + "\n2:46: mix: want names of commands, not a list"},
	{"scenarios: [{name: x, load: {mix: put ctrl}}]", `2:35: mix: want a list, not "put ctrl"`},
	{"scenarios: [{name: x, load: an extraordinarily lengthy text instead of a load}]",
		`2:29: load: want a mapping, not "an extraordinarily lengthy text instead ..."`},
	{"scenarios: [{name: x, load: 3}]", `2:29: load: want a mapping, not "3"`},

	// commands
	{"commands: {put ctrl: {}}\nscenarios: [{name: x}]", `2:12: the command "put ctrl" is built in: give yours another name`},
	{"commands: {x: {method: put, target: here}}\nscenarios: [{name: x}]", `2:24: "put" is not a method for a command: want one as in PUT
2:37: "here" is not a target: want a path as in /put/ctrl, escaped, without a fragment`},
	{"commands: {x: {}}\nscenarios: [{name: x}]", `2:15: "" is not a method for a command: want one as in PUT
2:15: "" is not a target: want a path as in /put/ctrl, escaped, without a fragment`},

	// devices and faults
	{"scenarios: [{name: x, device: clam}]", `2:31: unknown device profile "clam"; did you mean "calm"?`},
	{"scenarios: [{name: x, device: }]", "2:31: device has no value: give it one or leave it out"},
	{"scenarios: [{name: x, device: [calm]}]", "2:31: device: want a mapping, not a list"},
	{"profiles: {calm: {}}\nscenarios: [{name: x}]", `2:12: the profile "calm" is built in: give yours another name`},
	{"profiles: {p: {service_tim: 2ms, burst: -1}, q: {burst: 3}}\nscenarios: [{name: x, device: p}]", `2:16: unknown key "service_tim"; did you mean "service_time"?
2:41: burst is -1, want 0 to 1000000
2:57: burst is the bucket of connections_per_second, which is not set`},
	{"scenarios: [{name: x, device: {faults: [{effect: half-cloze}, {effect: reset, point: on-fin}, {toxic: latency}, 7]}}]",
		`2:50: unknown effect "half-cloze"; did you mean "half-close"?
2:86: effect reset of the device can't strike at point on-fin; it can at after-response, connect, handshake, request, before-forward, after-forward, response, idle
2:103: a toxic works on the link, not in the device
2:113: a fault is a mapping, not "7"`},
	{"scenarios:\n- name: x\n  link:\n  - {effect: reset, point: before-forwrd, probability: 105%}\n  - {}\n  - {effect: delay}\n  - {effect: reset, attempts: [0]}\n  - {effect: stall, delay: 2 s}",
		`5:28: unknown point "before-forwrd"; did you mean "before-forward"?
5:56: probability: probability 105% is outside 0% to 100%
6:5: a fault needs an effect or a toxic
7:14: effect delay needs a delay
8:32: attempts is 0, want at least 1
9:28: delay: "2 s" is not a duration: write a number with a unit, as in 2.7ms`},
	{"scenarios:\n- name: x\n  link:\n  - {toxic: latncy}\n  - {toxic: latency, attributes: {latency: 3, jiter: 2}}\n  - {toxic: bandwidth, attributes: {rate: 0}}\n  - {toxic: bandwidth, stream: up, attribute: {}}\n  - {toxic: slicer, attributes: {average_size: 1.5}}",
		`5:13: unknown toxic "latncy"; did you mean "latency"?
6:47: toxic latency has no attribute "jiter"; did you mean "jitter"?
7:43: rate is 0, want 1 to 86400000 (kB/s)
8:32: unknown stream "up"; known: upstream, downstream
8:36: unknown key "attribute"; did you mean "attributes"?
9:48: attributes.average_size: want a whole number, not "1.5"`},

	// faults that contradict each other, the protocol or the machine
	{"scenarios:\n- name: x\n  device:\n    faults:\n    - {effect: refuse}\n    - {effect: status, code: 503}\n  link:\n  - {effect: reset, point: connect}\n  - {effect: truncate}\n",
		`7:7: this can never happen: fault 1 of the list always strikes before (refuse at connect)
10:5: this can never happen: fault 1 of the list always strikes before (reset at connect)`},
	{"profiles: {p: {faults: [{effect: goaway}]}}\nscenarios:\n- name: x\n  device: p\n- name: y\n  protocol: h2\n  device: {faults: [{effect: malform, form: bad-chunk}]}\n  link: [{effect: reset, point: response}]\n- {name: z, protocol: h3}",
		`5:11: effect goaway is one of HTTP/2: say protocol: h2 or h2c
8:30: effect malform is one of HTTP/1.1, and this scenario speaks HTTP/2
9:33: the link can't see point response inside TLS or HTTP/2; the device can strike there
10:23: unknown protocol "h3"; did you mean "h2"?`},
	{"scenarios:\n- name: x\n  shows: [close-rase]\n- name: y\n  link: [{effect: drop, point: packet}]\n- name: z\n  needs: [admn]\n  device: {faults: [{effect: vanish}]}",
		`4:11: unknown cause "close-rase"; did you mean "close-race"?
6:10: effect drop at packet can't be carried out everywhere: say needs: [packets] in the scenario, and it is skipped, with the reason, where that can't be had
8:11: unknown need "admn"; did you mean "admin"?`},
	{"scenarios:\n- name: x\n  link: [{effect: reset, from: 2s, for: 1s, every: 500ms}, {effect: reset, ramp: up}, {toxic: latency, attributes: {latency: 1}, for: 1us}]\n",
		`4:41: the window is as long as its period: it never closes
4:82: a ramp needs for: the time it takes
4:135: for is 1µs, want at least 1ms`},
	{"scenarios: [{name: x, device: {over_limit: queue, connections_per_second: 3, too_large: drain}}]",
		`2:44: queue and refuse go with max_connections
2:89: too_large needs max_body`},

	// strategies
	{"scenarios: [{name: x, strategies: naive}]", `2:35: strategies: want a list, not "naive"`},
	{"scenarios: [{name: x, strategies: []}]", "2:35: strategies is empty: name at least one, or leave the key out"},
	{"defaults: {strategies: [naiv]}\nscenarios: [{name: x, assert: [naive.success > 3%]}]", `2:25: unknown strategy "naiv"; did you mean "naive"?`},
	{"scenarios: [{name: x, strategies: [naive, {use: retry}, {use: retry, attempts: 2}, retry, naive, {use: naive, as: n}]}]",
		`2:57: strategy "retry" is here twice: tell them apart by as
2:84: strategy "retry" is here twice: tell them apart by as
2:91: strategy "naive" is here twice: tell them apart by as`},
	{"scenarios: [{name: x, strategies: [{as: x}, {use: naive, as: a.b}, [naive], {use: go-default, attempts: 3}]}]",
		`2:36: a strategy has a name: use is missing
2:62: "a.b" is not a label: want letters, digits, - and _
2:68: a strategy: want text, not a list
2:95: unknown key "attempts"; known: use, as, idempotency_key`},
	{"scenarios: [{name: x, strategies: [{use: retry, attemps: 4, attempts: -1, on: [rest], backoff: -1s, methods: PUT}, {use: retry, as: r, methods: [put]}]}]",
		`2:49: unknown key "attemps"; did you mean "attempts"?
2:71: attempts is -1, want 0 to 100
2:80: unknown trigger "rest"; did you mean "reset"?
2:96: backoff is -1s, want 0 to 24h
2:110: methods: want a list, not "PUT"
2:145: methods: "put" is no method: write it as in PUT`},
	{"scenarios: [{name: x, strategies: [external, {use: external, as: p, profile: fetch}, {use: external, as: q, command: []}, {use: external, as: r, command: ['']}, {use: external, as: s, command: 5}]}]",
		`2:36: external has no command: write it, as in command: [node, client.mjs]
2:46: external has no command: write it, as in command: [node, client.mjs]
2:118: external has no command: write it, as in command: [node, client.mjs]
2:155: command: the program has no name
2:194: command: want a list, not "5"`},

	// thresholds
	{"scenarios:\n- name: x\n  strategies: [naive, close]\n  assert:\n  - succes > 3%\n  - naiv: success < 60%\n  - naive: {succes: \"> 3%\", duplicates: 0.5, p99: \"< 3\"}\n  - \"success[POST] > 3%\"\n  - clse.success - naive.success > 3%\n  - naive: [resets = 0, [a]]\n  - [a]\n  - naive: success\n",
		`6:5: unknown metric "succes"; did you mean "success"?
7:5: unknown strategy "naiv"; did you mean "naive"?
8:13: unknown metric "succes"; did you mean "success"?
8:41: "0.5" is not a count, as in 3
8:54: "3" is not a time, as in 250ms
9:14: no command of the scenario is a POST; known: PUT, GET
10:5: unknown strategy "clse"; did you mean "close"?
11:20: "=" is not an operator: write one of < <= > >= == !=
11:25: naive: want text, as in ">= 99%", not a list
12:5: a threshold is text, or a mapping of strategies to thresholds, not a list
13:19: an operator is missing: one of < <= > >= == !=`},
	{"scenarios:\n- name: ü\n  about: ü\n  assert: [ü > 3, 'success > ü', \"resets \\x3e ü\"]", `5:12: a metric is missing, as in success >= 99%
5:30: "ü" is not a rate, as in 99.5%
5:34: "ü" is not a count, as in 3`},
	{"scenarios:\n- name: x\n  assert:\n  - success\n    > 3\n  - resets >= 0", `5:5: success can't come to 3
7:15: this always holds and so tests nothing`},
	{"scenarios: [{name: x, assert: resets > 0}]", `2:31: assert: want a list, not "resets > 0"`},
}

func TestWhatIsWrongWithAFileIsSaidAtItsPlace(t *testing.T) {
	for _, c := range bad {
		text, cut := strings.CutPrefix(c.text, "-")
		if !cut {
			text = "version: 1\n" + text
		}
		want := "f.yaml:" + strings.ReplaceAll(c.want, "\n", "\nf.yaml:")
		s, err := Parse("f.yaml", strings.NewReader(text))
		if err == nil || err.Error() != want || s != nil {
			t.Errorf("%s\ngot:\n%v\nwant:\n%s\n", text, err, want)
			continue
		}
		all, ok := errors.AsType[*Errors](err)
		first, ok2 := errors.AsType[*Error](err)
		if !ok || !ok2 || first != all.All[0] || first.File != "f.yaml" {
			t.Errorf("%s: %#v", text, err)
		}
	}
}

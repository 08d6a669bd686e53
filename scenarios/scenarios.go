// Package scenarios reads scenarios.yaml into values that are ready to play:
// once [Parse] returns, every name is resolved, every default filled in and
// every number in range.
//
//	version: 1
//	defaults: {load: {commands: 100}, strategies: [naive, retry]}
//	profiles: {slow: {service_time: 20ms, faults: [{effect: close, delay: 5ms}]}}
//	commands: {reboot: {method: POST, target: /reboot}}
//	scenarios:
//	  - name: close race
//	    about: what it teaches
//	    device: slow                                  # or the keys of a profile; calm if left out
//	    link: [{effect: reset, probability: 5%}, {toxic: latency, attributes: {latency: 20}}]
//	    load: {gap: 2ms, mix: [put ctrl, reboot]}     # over the defaults, key by key
//	                                                  # concurrency: 4 has each client carry four commands at once
//	    strategies: [naive, {use: retry, as: patient, attempts: 8}]
//	    assert:
//	      - resets > 0                                # the text of a threshold: see package assert
//	      - naive: success < 60%                      # on one strategy
//	      - naive: [success < 60%, resets > 0]
//	      - patient: {success: ">= 99%", duplicates: 0}   # a bare value means ==
//	      - patient.success - naive.success > 30%
//
// Keys are the tagged fields of [Load], [faults.Fault], [faults.Toxic],
// [device.Profile], the settings in [clients.Kinds] and the types in
// layout.go. Anchors and aliases work; merge keys and tags are refused.
package scenarios

import (
	_ "embed" // for the suites
	"io"
	"strings"

	"rstorm/assert"
	"rstorm/clients"
	"rstorm/device"
	"rstorm/faults"
	"rstorm/results"
)

// Catalogue is the text of the suite that shows every row of the reset
// catalogue. It is not to be changed.
//
//go:embed catalogue.yaml
var Catalogue []byte

// Matrix is the text of the suite that plays every strategy against the ways in
// which a device may treat connections. It is not to be changed.
//
//go:embed matrix.yaml
var Matrix []byte

// A Suite is a whole file.
type Suite struct {
	Text      []byte    // the file, as it was read
	Profiles  []Profile // calm, which is built in, and the file's own by position
	Scenarios []Scenario
}

// A Profile is a device profile with its name.
type Profile struct {
	Name   string
	Device device.Profile
}

// A Scenario is a load put on a device through faults, and what must hold. It
// is played once with each of its strategies.
type Scenario struct {
	Name, About string
	Shows       []string         // ids of the reset catalogue that it shows
	Needs       []faults.Need    // what the machine must allow; it is skipped, and says so, where that can't be had
	Protocol    results.Protocol // what the clients and the device speak
	DeviceName  string           // of the profile; empty if it stands in the scenario itself
	Device      device.Profile
	Link        []faults.Fault // completed and valid
	Load        Load
	Strategies  []Strategy         // by order of the file; their labels differ
	Skipped     []string           // labels that [Suite.Select] left out
	Assert      []assert.Threshold // on strategies and methods that the scenario has
}

// A Strategy is a strategy with its settings.
type Strategy struct {
	Label    string // its name in thresholds and reports
	Use      string // its name in [clients.Kinds]
	Settings string // those that differ from the defaults, as in "attempts: 2, backoff: 0s"
	Strategy clients.Strategy
}

// Calm is the profile of a device without faults. Scenarios that name no
// device have it.
const Calm = "calm"

// Parse reads a suite; file is its name in errors. The error is an [*Errors]
// with everything that is wrong at once. It may stem from r: see [Error.Err].
func Parse(file string, r io.Reader) (*Suite, error) {
	text, broken := read(file, r)
	if broken != nil {
		return nil, &Errors{All: []*Error{broken}}
	}
	s := source{file: file, lines: strings.Split(string(text), "\n")}
	root, broken := s.tree(text)
	if broken != nil {
		return nil, &Errors{All: []*Error{broken}}
	}
	p := newParser(s)
	suite := p.suite(root)
	if err := join(p.errs, p.stopped); err != nil {
		return nil, err
	}
	suite.Text = text
	return suite, nil
}

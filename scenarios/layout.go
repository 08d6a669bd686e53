package scenarios

import (
	"go.yaml.in/yaml/v3"

	"rstorm/faults"
	"rstorm/results"
)

// A Section is a kind of mapping that a file holds, and its keys.
type Section struct {
	Name   string
	Fields []Field
}

// Sections lists the mappings that make up a file, beside loads, faults,
// profiles and the settings of strategies, which have types of their own.
func Sections() []Section {
	return []Section{
		{"file", Fields(layout{})},
		{"defaults", Fields(layoutDefaults{})},
		{"command", Fields(layoutCommand{})},
		{"scenario", Fields(layoutScenario{})},
		{"strategy", Fields(layoutStrategy{})},
	}
}

// A layout is a file as it is written. Fields that are nodes are decoded once
// what they refer to is known.
type layout struct {
	Version   *yaml.Node     `yaml:"version" doc:"of this format: 1"`
	Defaults  layoutDefaults `yaml:"defaults" doc:"for scenarios that do not say otherwise"`
	Profiles  []entry        `yaml:"profiles" doc:"device profiles by name"`
	Commands  []entry        `yaml:"commands" doc:"commands by name, beside the built-in ones"`
	Scenarios []*yaml.Node   `yaml:"scenarios" doc:"what is played, in this order"`
}

type layoutDefaults struct {
	Load       *yaml.Node `yaml:"load" doc:"keys of a load"`
	Strategies *yaml.Node `yaml:"strategies" doc:"names of strategies, or mappings with use, as and settings"`
}

type layoutScenario struct {
	Name       string           `yaml:"name" doc:"its name, which no other has"`
	About      string           `yaml:"about" doc:"what it teaches, in a sentence"`
	Shows      []cause          `yaml:"shows" doc:"rows of the reset catalogue that it shows"`
	Protocol   results.Protocol `yaml:"protocol" doc:"what the clients and the device speak; default http"`
	Needs      []faults.Need    `yaml:"needs" doc:"what the machine must allow; where it does not, the scenario is skipped and says why"`
	Device     *yaml.Node       `yaml:"device" doc:"the name of a profile, or the keys of one; default calm"`
	Link       []*yaml.Node     `yaml:"link" doc:"faults of the link"`
	Load       *yaml.Node       `yaml:"load" doc:"keys of a load that differ from the defaults"`
	Strategies *yaml.Node       `yaml:"strategies" doc:"as in defaults"`
	Assert     []*yaml.Node     `yaml:"assert" doc:"thresholds"`
}

type layoutStrategy struct {
	Use string `yaml:"use" doc:"the strategy's name"`
	As  string `yaml:"as" doc:"its label in thresholds and reports; default its name"`
}

type layoutCommand struct {
	Method string `yaml:"method" doc:"request method, in upper case"`
	Target string `yaml:"target" doc:"request target: a path and, if wanted, a query; the embedded device knows /put/ctrl and /query/state only"`
	Body   string `yaml:"body" doc:"request body; default none"`
	Size   int    `yaml:"size" min:"0" max:"16777216" doc:"pad the body with blanks to so many bytes"`
}

// A cause is the id of a row of the reset catalogue.
type cause string

// Names lists the catalogue.
func (cause) Names() []string { return results.CauseIDs() }

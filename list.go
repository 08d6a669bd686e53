package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"rstorm/assert"
	"rstorm/device"
	"rstorm/faults"
	"rstorm/scenarios"
)

// A topic is something that rstorm list can print.
type topic struct {
	name, doc string
	print     func(w io.Writer, suite *scenarios.Suite)
}

// lists holds every topic. A new one is a function and a line here.
var lists = []topic{
	{"file", "keys of a scenarios file, from the top", listSections},
	{"strategies", "ways a client carries commands, with their settings", listStrategies},
	{"effects", "what a device or the link can do, and at which points", listEffects},
	{"points", "where in a connection's life a fault strikes", listPoints},
	{"faults", "keys of a fault", listFaultKeys},
	{"toxic", "keys of a fault that is one of Toxiproxy's toxics", listToxicKeys},
	{"toxics", "Toxiproxy's toxics and their attributes", listToxics},
	{"causes", "the reset catalogue, and the scenarios that show each row", listCauses},
	{"metrics", "what a threshold can bound", listMetrics},
	{"profiles", "device profiles of the suite", listProfiles},
	{"device", "keys of a device profile", listDeviceKeys},
	{"load", "keys of a load", listLoadKeys},
	{"scenarios", "scenarios of the suite", listScenarios},
}

func topics() []string {
	names := make([]string, len(lists))
	for i, t := range lists {
		names[i] = t.name
	}
	return names
}

func runList(ctx context.Context, s streams, args []string) error {
	flags := pflag.NewFlagSet("list", pflag.ContinueOnError)
	var src source
	src.addFile(flags)
	if err := parse(s, flags, args, len(lists)); err != nil {
		return err
	}
	chosen, err := chooseTopics(flags.Args())
	if err != nil {
		return err
	}
	suite, _, err := src.load(ctx, s.in)
	if err != nil {
		return err
	}
	for i, t := range chosen {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		fmt.Fprintf(s.out, "%s: %s\n", strings.ToUpper(t.name), t.doc)
		tw := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
		t.print(tw, suite)
		if err := tw.Flush(); err != nil {
			return fmt.Errorf("print the list: %w", err)
		}
	}
	return nil
}

// chooseTopics finds the named topics; no name means all.
func chooseTopics(names []string) ([]topic, error) {
	if len(names) == 0 {
		return lists, nil
	}
	var chosen []topic
	for _, name := range names {
		found := false
		for _, t := range lists {
			if t.name == name {
				chosen, found = append(chosen, t), true
			}
		}
		if !found {
			return nil, usage(fmt.Errorf("nothing to list called %q", name), "choose from "+strings.Join(topics(), ", "))
		}
	}
	return chosen, nil
}

func listMetrics(w io.Writer, _ *scenarios.Suite) {
	for _, m := range assert.Metrics {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", m.Name, m.Unit, m.Doc)
	}
}

func listProfiles(w io.Writer, suite *scenarios.Suite) {
	for _, p := range suite.Profiles {
		fmt.Fprintf(w, "  %s\tservice time %v, %d faults\n", p.Name, p.Device.ServiceTime, len(p.Device.Faults))
	}
}

func listScenarios(w io.Writer, suite *scenarios.Suite) {
	for _, sc := range suite.Scenarios {
		fmt.Fprintf(w, "  %s\t%s\n", sc.Name, sc.About)
	}
}

func listSections(w io.Writer, _ *scenarios.Suite) {
	for _, section := range scenarios.Sections() {
		fmt.Fprintf(w, "  %s\t\n", section.Name)
		for _, f := range section.Fields {
			fmt.Fprintf(w, "    %s\t%s\n", f.Key, f.Doc)
		}
	}
}

func listToxicKeys(w io.Writer, _ *scenarios.Suite) {
	listKeys(w, faults.Toxic{Stream: faults.Downstream, Toxicity: 1})
}
func listFaultKeys(w io.Writer, _ *scenarios.Suite)  { listKeys(w, faults.Fault{}) }
func listDeviceKeys(w io.Writer, _ *scenarios.Suite) { listKeys(w, device.Profile{}) }
func listLoadKeys(w io.Writer, _ *scenarios.Suite)   { listKeys(w, scenarios.DefaultLoad()) }

func listKeys(w io.Writer, v any) {
	for _, f := range scenarios.Fields(v) {
		fmt.Fprintf(w, "  %s\t(%s%s) %s\n", f.Key, f.Type, standing(f), f.Doc)
	}
}

// standing says what a field is by default, if it is anything.
func standing(f scenarios.Field) string {
	if f.Must != "" {
		return ", required"
	}
	if f.Default == "" {
		return ""
	}
	return ", default " + f.Default
}

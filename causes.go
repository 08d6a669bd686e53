package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"rstorm/results"
	"rstorm/scenarios"
)

// listCauses looks for scenarios in the suite at hand and in the catalogue.
func listCauses(w io.Writer, suite *scenarios.Suite) {
	catalogue := suite
	if c := &builtIn[1]; !bytes.Equal(c.text, suite.Text) {
		if parsed, err := scenarios.Parse(c.file, bytes.NewReader(c.text)); err == nil {
			catalogue = parsed
		}
	}
	for _, c := range results.Causes {
		fmt.Fprintf(w, "  %s\t%s\n", c.ID, c.What)
		fmt.Fprintf(w, "  \t  on the wire: %s\n", c.Wire)
		fmt.Fprintf(w, "  \t  the client sees: %s\n", c.Seen)
		if names := showing(suite, c.ID); names != "" && suite != catalogue {
			fmt.Fprintf(w, "  \t  shown by: %s\n", names)
		}
		if names := showing(catalogue, c.ID); names != "" {
			fmt.Fprintf(w, "  \t  shown in the catalogue by: %s\n", names)
		}
	}
}

// showing names the scenarios of suite that show a row of the catalogue, and
// what they need.
func showing(suite *scenarios.Suite, id string) string {
	var names []string
	for _, sc := range suite.Scenarios {
		for _, shown := range sc.Shows {
			if shown != id {
				continue
			}
			name := sc.Name
			if len(sc.Needs) > 0 {
				name += fmt.Sprintf(" (needs %s)", strings.Trim(fmt.Sprint(sc.Needs), "[]"))
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, "; ")
}

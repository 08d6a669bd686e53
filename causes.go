package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"rstorm/results"
	"rstorm/scenarios"
)

// listCauses looks for the scenarios in the suite at hand and in the catalogue.
func listCauses(w io.Writer, suite *scenarios.Suite) {
	shows := showing(suite)
	if catalogue, err := scenarios.Parse(builtIn[1].file, bytes.NewReader(builtIn[1].text)); err == nil && !bytes.Equal(catalogue.Text, suite.Text) {
		for id, names := range showing(catalogue) {
			shows[id] = append(shows[id], names...)
		}
	}
	for _, c := range results.Causes {
		fmt.Fprintf(w, "  %s\t%s\n", c.ID, c.What)
		fmt.Fprintf(w, "  \t  on the wire: %s\n", c.Wire)
		fmt.Fprintf(w, "  \t  the client sees: %s\n", c.Seen)
		fmt.Fprintf(w, "  \t  shown by: %s\n", cmp.Or(strings.Join(shows[c.ID], "; "), "no scenario"))
	}
}

// showing lists, by row of the catalogue, the scenarios that show it and what
// they need.
func showing(suite *scenarios.Suite) map[string][]string {
	shows := map[string][]string{}
	for _, sc := range suite.Scenarios {
		name := sc.Name
		if len(sc.Needs) > 0 {
			name += fmt.Sprintf(" (needs %s)", strings.Trim(fmt.Sprint(sc.Needs), "[]"))
		}
		for _, id := range sc.Shows {
			shows[id] = append(shows[id], name)
		}
	}
	return shows
}

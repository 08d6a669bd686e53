package main

import (
	"fmt"
	"io"
	"strings"

	"rstorm/clients"
	"rstorm/scenarios"
)

func listStrategies(w io.Writer, _ *scenarios.Suite) {
	shared := map[string]string{} // docs of settings that are explained once, by key
	for _, f := range scenarios.Fields(clients.Raw{}) {
		shared[f.Key] = f.Doc
	}
	for _, k := range clients.Kinds {
		fmt.Fprintf(w, "  %s\t%s\n", k.Name, k.Doc)
		all := scenarios.Fields(k.Defaults)
		if k.Name != raw {
			all = listShared(w, all, shared)
		}
		for _, f := range all {
			fmt.Fprintf(w, "  \t  %s (%s%s): %s\n", f.Key, f.Type, standing(f), f.Doc)
		}
	}
}

// raw is the strategy whose settings others share: they are explained there.
const raw = "raw"

// listShared says in a line which settings of raw a strategy sets, if it has
// them all, and returns its own.
func listShared(w io.Writer, all []scenarios.Field, shared map[string]string) []scenarios.Field {
	var set []string
	var own []scenarios.Field
	for _, f := range all {
		switch {
		case shared[f.Key] != f.Doc:
			own = append(own, f)
		case f.Default != "":
			set = append(set, f.Key+": "+f.Default)
		}
	}
	if len(all)-len(own) < len(shared) {
		return all
	}
	with := ""
	if len(set) > 0 {
		with = ", with " + strings.Join(set, ", ")
	}
	fmt.Fprintf(w, "  \t  settings of %s%s\n", raw, with)
	return own
}

package main

import (
	"fmt"
	"io"
	"strings"

	"rstorm/faults"
	"rstorm/scenarios"
)

func listEffects(w io.Writer, _ *scenarios.Suite) {
	for _, k := range faults.Effects {
		fmt.Fprintf(w, "  %s\t%s%s\n", k.Effect, k.Doc, conditions(k))
		for _, side := range []faults.Side{faults.Device, faults.Link} {
			if points := k.On(side); len(points) > 0 {
				fmt.Fprintf(w, "  \t  %s: %s\n", side, strings.Trim(fmt.Sprint(points), "[]"))
			}
		}
	}
}

// conditions says what an effect asks for.
func conditions(k faults.Kind) string {
	text := ""
	if k.Over != "" {
		text += fmt.Sprintf(" [%s only]", k.Over)
	}
	if k.Needs != "" {
		text += fmt.Sprintf(" [needs %s]", k.Needs)
	}
	return text
}

func listPoints(w io.Writer, _ *scenarios.Suite) {
	for _, p := range faults.Points {
		fmt.Fprintf(w, "  %s\t%s\n", p.Point, p.Doc)
	}
}

func listToxics(w io.Writer, _ *scenarios.Suite) {
	for _, k := range faults.Toxics {
		fmt.Fprintf(w, "  %s\t%s\n", k.Type, k.Doc)
		for _, a := range k.Attributes {
			need := "optional"
			if a.Required {
				need = "required"
			}
			fmt.Fprintf(w, "  \t  %s (%s, at least %d, %s)\n", a.Name, a.Unit, a.Min, need)
		}
	}
}

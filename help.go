package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"
)

const about = `rstorm fires rapid consecutive HTTP commands at a device through faults, with
several client strategies, and scores each strategy.

Usage: rstorm COMMAND [flags]

`

func printExitCodes(w io.Writer, command string) {
	fmt.Fprint(w, "\nExit status:\n")
	for _, e := range exitCodes {
		meaning := e.meaning
		switch command {
		case "diagnose":
			meaning = e.diagnosing
		case "sweep":
			meaning = e.sweeping
		case "explain":
			meaning = e.explaining
		case "adapter":
			meaning = e.checking
		}
		fmt.Fprintf(w, "  %3d  %s\n", e.code, meaning)
	}
}

func runHelp(ctx context.Context, s streams, args []string) error {
	if len(args) == 0 {
		return overview(s.out)
	}
	c := find(args[0])
	switch {
	case c == nil || len(args) > 1:
		return usage(fmt.Errorf("no help on %q", args), "rstorm help lists the commands")
	case c.name == "help":
		explain(s.out, *c, pflag.NewFlagSet("help", pflag.ContinueOnError))
		return nil
	}
	return c.run(ctx, s, []string{"--help"})
}

// overview prints what there is.
func overview(w io.Writer) error {
	var text strings.Builder
	text.WriteString(about)
	tw := tabwriter.NewWriter(&text, 0, 8, 3, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(tw, "  %s\t%s\n", c.name, c.doc)
	}
	tw.Flush() // into memory: it can't fail
	text.WriteString("\nrstorm help COMMAND explains its flags.\n")
	printExitCodes(&text, "run")
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("print the help: %w", err)
	}
	return nil
}

// explain prints a command's form, purpose and flags.
func explain(w io.Writer, c command, flags *pflag.FlagSet) {
	form := "rstorm " + c.name
	if c.args != "" {
		form += " " + c.args
	}
	fmt.Fprintf(w, "Usage: %s\n\n%s\n", form, c.doc)
	if flags.HasFlags() {
		fmt.Fprintf(w, "\nFlags:\n%s", flags.FlagUsagesWrapped(100))
	}
	printExitCodes(w, c.name)
}

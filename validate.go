package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"rstorm/scenarios"
)

func runValidate(ctx context.Context, s streams, args []string) error {
	flags := pflag.NewFlagSet("validate", pflag.ContinueOnError)
	var src source
	src.addFile(flags)
	if err := parse(s, flags, args, 0); err != nil {
		return err
	}
	suite, name, err := src.load(ctx, s.in)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s: valid: %s\n", name, count(suite, 1))
	return err
}

// count says how much a suite is, each trial played so many times.
func count(suite *scenarios.Suite, repeat int) string {
	var trials, thresholds int
	for _, sc := range suite.Scenarios {
		trials += len(sc.Strategies) * repeat
		thresholds += len(sc.Assert)
	}
	return fmt.Sprintf("scenarios: %d, trials: %d, thresholds: %d", len(suite.Scenarios), trials, thresholds)
}

package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/pflag"
)

// version is the release this source is, or will become.
const version = "0.1.0"

func runVersion(_ context.Context, s streams, args []string) error {
	if err := parse(s, pflag.NewFlagSet("version", pflag.ContinueOnError), args, 0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "rstorm %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"
)

// version is the release this source is, or will become.
const version = "0.1.0"

// build is the revision of the source that this program was built from, with
// a + if it was changed since; empty where the build did not record it.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value + revision
		case s.Key == "vcs.modified" && s.Value == "true":
			revision += "+"
		}
	}
	return revision
}

func runVersion(_ context.Context, s streams, args []string) error {
	if err := parse(s, pflag.NewFlagSet("version", pflag.ContinueOnError), args, 0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "rstorm %s %s %s/%s %s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, cmp.Or(build(), "unknown revision"))
	return err
}

package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // for the default suite
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"rstorm/scenarios"
)

//go:embed scenarios.yaml
var defaultSuite []byte

// builtIn lists the suites in the binary; the first is the default.
var builtIn = []struct {
	name, file string // the file's name is what errors and reports call it
	text       []byte
}{
	{"default", "scenarios.yaml", defaultSuite},
	{"catalogue", "scenarios/catalogue.yaml", scenarios.Catalogue},
	{"matrix", "scenarios/matrix.yaml", scenarios.Matrix},
}

func suiteNames() []string {
	var names []string
	for _, b := range builtIn {
		names = append(names, b.name)
	}
	return names
}

// A source is where a suite comes from and which part of it is wanted.
type source struct {
	file       string
	suite      string
	scenarios  []string
	strategies []string

	clientOptions
	wanted []string // labels of the user's own client, once the suite is loaded
}

func (src *source) addFile(flags *pflag.FlagSet) {
	flags.StringVarP(&src.file, "file", "f", "", "scenarios `FILE`, - for standard input (default: a suite in the binary)")
	flags.StringVar(&src.suite, "suite", builtIn[0].name, "suite in the binary, `NAME` is "+strings.Join(suiteNames(), " or "))
}

func (src *source) addSelection(flags *pflag.FlagSet) {
	flags.StringArrayVar(&src.scenarios, "scenario", nil, "play only scenarios that match this `GLOB`; may be repeated")
	flags.StringSliceVar(&src.strategies, "strategy", nil, "play only these strategies, a `LIST` with commas")
}

// load reads, checks and narrows the suite. Its name is as errors write it.
// When ctx ends first the reading is left behind: nothing can end a read of a
// terminal or a pipe.
func (src *source) load(ctx context.Context, stdin io.Reader) (suite *scenarios.Suite, name string, err error) {
	i := slices.Index(suiteNames(), src.suite)
	switch {
	case i < 0:
		return nil, "", usage(fmt.Errorf("there is no suite %q in the binary", src.suite), "choose from "+strings.Join(suiteNames(), ", "))
	case i > 0 && src.file != "":
		return nil, "", usage(errors.New("--file and --suite exclude each other"), "leave one out")
	}
	name = cmp.Or(src.file, builtIn[i].file)
	if src.file == "-" {
		name = "standard input"
	}
	type parsed struct {
		suite *scenarios.Suite
		err   error
	}
	done := make(chan parsed, 1)
	go func() {
		suite, err := src.parse(name, stdin)
		done <- parsed{suite, err}
	}()
	select {
	case p := <-done:
		suite, err = p.suite, p.err
	case <-ctx.Done():
		return nil, name, &exit{code: exitInterrupted, err: errors.New("interrupted: nothing was sent")}
	}
	if err != nil {
		return nil, name, usage(err, "nothing was sent")
	}
	if err := src.choose(suite); err != nil {
		return nil, name, usage(err, "rstorm list scenarios strategies lists the names")
	}
	return suite, name, nil
}

func (src *source) parse(name string, stdin io.Reader) (*scenarios.Suite, error) {
	switch src.file {
	case "":
		i := slices.Index(suiteNames(), src.suite)
		return scenarios.Parse(name, bytes.NewReader(builtIn[i].text))
	case "-":
		return scenarios.Parse(name, stdin)
	}
	f, err := os.Open(src.file)
	if err != nil {
		return nil, fmt.Errorf("read the scenarios: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s:1:1: is a directory, want a scenarios file", src.file)
	}
	return scenarios.Parse(name, f)
}

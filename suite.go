package main

import (
	"bytes"
	_ "embed" // for the default suite
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"rstorm/scenarios"
)

//go:embed scenarios.yaml
var defaultSuite []byte

// defaultName stands for the suite in the binary wherever a file's name would.
const defaultName = "scenarios.yaml"

// A source is where a suite comes from and which part of it is wanted.
type source struct {
	file       string
	scenarios  []string
	strategies []string
}

func (src *source) addFile(flags *pflag.FlagSet) {
	flags.StringVarP(&src.file, "file", "f", "", "scenarios `FILE`, - for standard input (default: the suite in the binary)")
}

func (src *source) addSelection(flags *pflag.FlagSet) {
	flags.StringSliceVar(&src.scenarios, "scenario", nil, "play only scenarios that match this `GLOB`; may be repeated")
	flags.StringSliceVar(&src.strategies, "strategy", nil, "play only these strategies, a `LIST` with commas")
}

// load reads, checks and narrows the suite. Its name is as errors write it.
func (src *source) load(stdin io.Reader) (suite *scenarios.Suite, name string, err error) {
	var r io.Reader
	switch src.file {
	case "":
		name, r = defaultName, bytes.NewReader(defaultSuite)
	case "-":
		name, r = "standard input", stdin
	default:
		f, err := os.Open(src.file)
		if err != nil {
			return nil, src.file, usage(fmt.Errorf("read the scenarios: %w", err))
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, src.file, usage(fmt.Errorf("%s:1:1: is a directory, want a scenarios file", src.file))
		}
		name, r = src.file, f
	}
	if suite, err = scenarios.Parse(name, r); err != nil {
		return nil, name, usage(err, "nothing was sent")
	}
	if err := suite.Select(src.scenarios, src.strategies); err != nil {
		return nil, name, usage(err, "rstorm list scenarios strategies lists the names")
	}
	return suite, name, nil
}

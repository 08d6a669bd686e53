package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"rstorm/clients"
	"rstorm/scenarios"
)

// clientLabel is what the user's own client is called if it has no profiles to
// be told apart by.
const clientLabel = "client"

// A clientOptions is the user's own client, in any language, that is played
// beside the strategies of the suite.
type clientOptions struct {
	client   string
	profiles []string
}

func (o *clientOptions) add(flags *pflag.FlagSet) {
	flags.StringVar(&o.client, "client", "", "play a client of your own too: `CMD` starts a process that speaks JSON lines, in words as a shell splits them (docs/adapters.md)")
	flags.StringSliceVar(&o.profiles, "client-profile", nil, "profiles of --client to play, a `LIST` with commas (default: its first)")
}

// own are the strategies that the flags ask for; none if they ask for none.
func (o *clientOptions) own() ([]scenarios.Strategy, error) {
	if o.client == "" {
		if len(o.profiles) > 0 {
			return nil, errors.New("--client-profile says nothing without --client")
		}
		return nil, nil
	}
	command, err := split(o.client)
	if err != nil {
		return nil, fmt.Errorf("--client: %w", err)
	}
	if len(command) == 0 || command[0] == "" {
		return nil, fmt.Errorf("--client %q names no program", o.client)
	}
	if len(o.profiles) == 0 {
		return []scenarios.Strategy{external(clientLabel, clients.External{Command: command})}, nil
	}
	var all []scenarios.Strategy
	for _, profile := range o.profiles {
		switch {
		case profile == "":
			return nil, errors.New("--client-profile has an empty name in it")
		case labelled(all, profile):
			return nil, fmt.Errorf("--client-profile has %q twice", profile)
		}
		all = append(all, external(profile, clients.External{Command: command, Profile: profile}))
	}
	return all, nil
}

func external(label string, e clients.External) scenarios.Strategy {
	settings := "command: [" + strings.Join(e.Command, ", ") + "]"
	if e.Profile != "" {
		settings += ", profile: " + e.Profile
	}
	return scenarios.Strategy{Label: label, Use: "external", Settings: settings, Strategy: e}
}

// labelled reports whether one of all has that label.
func labelled(all []scenarios.Strategy, label string) bool {
	return slices.ContainsFunc(all, func(st scenarios.Strategy) bool { return st.Label == label })
}

// join adds own to every scenario, unless a label of the suite would mean two.
func join(suite *scenarios.Suite, own []scenarios.Strategy) error {
	for i := range suite.Scenarios {
		sc := &suite.Scenarios[i]
		for _, st := range own {
			if !labelled(sc.Strategies, st.Label) {
				continue
			}
			err := fmt.Errorf("%q is a strategy of the scenario %q already, and can't be the label of your client too", st.Label, sc.Name)
			if st.Label == clientLabel {
				return fmt.Errorf("%w: name one of its profiles by --client-profile", err)
			}
			return err
		}
		sc.Strategies = slices.Concat(sc.Strategies, own)
	}
	return nil
}

// choose narrows the suite to what the flags ask for. The user's own client is
// played beside other strategies that are named, unless it is named itself.
func (src *source) choose(suite *scenarios.Suite) error {
	own, err := src.own()
	if err != nil {
		return err
	}
	if len(own) == 0 {
		return suite.Select(src.scenarios, src.strategies)
	}
	if err := suite.Select(src.scenarios, nil); err != nil {
		return err
	}
	if err := join(suite, own); err != nil {
		return err
	}
	labels := slices.Clone(src.strategies)
	named := slices.ContainsFunc(labels, func(label string) bool { return labelled(own, label) })
	for _, st := range own {
		if named && !slices.Contains(labels, st.Label) {
			continue
		}
		src.wanted = append(src.wanted, st.Label)
		if len(labels) > 0 && !named {
			labels = append(labels, st.Label)
		}
	}
	return suite.Select(nil, labels)
}

package runner_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	"rstorm/clients"
	"rstorm/runner"
	"rstorm/scenarios"
)

// Any http.RoundTripper can be scored: here net/http's, told never to reuse a
// connection.
func ExampleRunner_Run() {
	suite, err := scenarios.Parse("example.yaml", strings.NewReader(`
version: 1
scenarios:
  - name: close race
    about: The device closes without saying so.
    device: {faults: [{effect: close, point: after-response}]}
    load: {commands: 20}
    strategies: [naive]
    assert: [lost == 0]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	suite.Scenarios[0].Strategies = append(suite.Scenarios[0].Strategies, scenarios.Strategy{
		Label: "mine",
		Strategy: clients.Plug(func(dial func(ctx context.Context, network, addr string) (net.Conn, error)) http.RoundTripper {
			return &http.Transport{DialContext: dial, DisableKeepAlives: true}
		}),
	})
	report, err := (&runner.Runner{Seed: 1}).Run(context.Background(), suite)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range report.Trials {
		fmt.Printf("%s: %d of %d\n", t.Strategy, t.Summary.OK, t.Summary.Commands)
	}
	// Output:
	// naive: 10 of 20
	// mine: 20 of 20
}

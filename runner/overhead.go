package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rstorm/clients"
	"rstorm/results"
	"rstorm/scenarios"
)

// The baseline sends this many commands each way, in turns of a block, and all
// of them must be answered within the limit.
const (
	overheadCommands = 400
	overheadBlock    = 20
	overheadLimit    = 10 * time.Second
)

// measureOverhead times a client that keeps its connection against a device
// without faults: directly, and through a link without faults. The two take
// turns, so that a machine that slows down slows both.
func measureOverhead(ctx context.Context, seed uint64) (*results.Overhead, error) {
	ctx, cancel := context.WithTimeout(ctx, overheadLimit)
	defer cancel()
	var r Runner
	epoch := time.Now()
	sc := &scenarios.Scenario{}
	stage, err := r.raise(ctx, sc, 0, seed, epoch)
	if err != nil {
		return nil, fmt.Errorf("measure the overhead: %w", err)
	}
	direct, linked := *stage, *stage
	direct.addr = stage.device.Addr()
	var times [2][]time.Duration
	callers := [2]clients.Client{newProbe(&direct), newProbe(&linked)}
	mix := newMix(&scenarios.Load{Mix: scenarios.BuiltIn()}, 0, seed, "")
	for seq := uint32(0); seq < 2*overheadCommands && err == nil; seq++ {
		way := seq / overheadBlock % 2
		sent := time.Now()
		reply := callers[way].Do(ctx, mix.command(results.CommandID{Seq: seq}))
		times[way] = append(times[way], time.Since(sent))
		err = reply.Err
	}
	callers[0].Close()
	callers[1].Close()
	if err = errors.Join(err, stage.strike(ctx)); err != nil {
		return nil, fmt.Errorf("measure the overhead: %w", err)
	}
	return &results.Overhead{Commands: overheadCommands, Direct: median(times[0]), Link: median(times[1])}, nil
}

// newProbe is a client that models nothing but a kept connection.
func newProbe(s *stage) clients.Client {
	return clients.Raw{}.Client(s.network(clients.NewDialer(newDial(s.addr, 0)), 0))
}

func median(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}

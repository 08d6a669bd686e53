package wire_test

import (
	"reflect"
	"testing"

	"rstorm/wire"
)

func TestALentConversationIsTheSame(t *testing.T) {
	for n := range 20 {
		tape, cfg := keepAlive(), wire.Config{Events: 2 + n}
		if n%2 == 1 {
			tape = single()
		}
		given, _ := told(t, tape, cfg)
		var lent []*wire.Conversation
		cfg.Lend, cfg.Ended = true, func(c *wire.Conversation) { lent = append(lent, c.Clone()) }
		table := wire.NewTable(cfg)
		for range 2 { // at the second time in memory that was used before
			lent = lent[:0]
			for i := range tape.Packets {
				table.Add(&tape.Packets[i])
			}
			table.Flush()
		}
		for i := range lent {
			lent[i].Number = given[i].Number // they go on counting
		}
		if !reflect.DeepEqual(given, lent) {
			t.Errorf("with %d events:\n%+v\nlent:\n%+v", cfg.Events, given[0], lent[0])
		}
	}
}

func TestATableThatLendsLeavesNoGarbageButRequestLines(t *testing.T) {
	tape := single()
	conversations := 0
	table := wire.NewTable(wire.Config{Lend: true, Ended: func(*wire.Conversation) { conversations++ }})
	play := func() {
		conversations = 0
		for i := range tape.Packets {
			table.Add(&tape.Packets[i])
		}
		table.Flush()
	}
	if allocated := testing.AllocsPerRun(10, play); allocated > float64(conversations)+10 {
		t.Errorf("%v allocations for %d conversations of one request", allocated, conversations)
	}
}

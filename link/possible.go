package link

import (
	"fmt"

	"rstorm/faults"
	"rstorm/kernel"
)

// possible reports why one of fs can't be carried out here.
func possible(fs []faults.Fault) error {
	for _, f := range fs {
		switch {
		case f.Toxic != nil || f.Effect == faults.Refuse:
		case f.Effect == faults.DropSYN:
			if err := canDrop(&f); err != nil {
				return fmt.Errorf("effect %s: %w", f.Effect, err)
			}
		case effects[f.Effect] == nil || f.Point == faults.Packet:
			return fmt.Errorf("no effect %q at point %q", f.Effect, f.Point)
		case f.Effect == faults.BlackHole:
			if err := kernel.CanBlackHole(); err != nil {
				return fmt.Errorf("effect %s: %w", f.Effect, err)
			}
		case f.Effect == faults.Vanish:
			if err := kernel.CanForget(); err != nil {
				return fmt.Errorf("effect %s: %w", f.Effect, err)
			}
		}
	}
	return nil
}

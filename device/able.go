package device

import (
	"errors"
	"fmt"
	"runtime"

	"rstorm/faults"
	"rstorm/kernel"
)

// able reports what of p this machine does not allow; the error wraps
// [errors.ErrUnsupported].
func (p *Profile) able() error {
	for i := range p.Faults {
		f := &p.Faults[i]
		if err := allows(f); err != nil {
			return fmt.Errorf("effect %s: %w", f.Effect, err)
		}
	}
	return nil
}

// allows reports why the machine does not allow f, by trying what it takes.
func allows(f *faults.Fault) error {
	need := f.Need()
	switch {
	case need == "":
		return nil
	case runtime.GOOS != "linux":
		return fmt.Errorf("%w: it needs the Linux kernel", errors.ErrUnsupported)
	case f.Effect == faults.BlackHole:
		return kernel.CanBlackHole()
	case need == faults.Admin:
		return kernel.CanForget()
	case need == faults.Network && !kernel.Isolated():
		return fmt.Errorf("%w: it needs a private network", errors.ErrUnsupported)
	}
	return nil
}

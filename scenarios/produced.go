package scenarios

import (
	"strings"

	"rstorm/faults"
)

// Produced says in a line what goes wrong in s: the settings and faults of the
// device, then those of the link.
func (s *Scenario) Produced() string {
	var device []string
	for _, f := range Fields(s.Device) {
		if f.Default != "" && f.Key != "faults" {
			device = append(device, f.Key+" "+f.Default)
		}
	}
	var parts []string
	if all := append(device, texts(s.Device.Faults)...); len(all) > 0 {
		parts = append(parts, "device: "+strings.Join(all, "; "))
	}
	if all := texts(s.Link); len(all) > 0 {
		parts = append(parts, "link: "+strings.Join(all, "; "))
	}
	return strings.Join(parts, ". ")
}

func texts(fs []faults.Fault) []string {
	all := make([]string, len(fs))
	for i := range fs {
		all[i] = fs[i].String()
	}
	return all
}

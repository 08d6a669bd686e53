package wire_test

import (
	"strings"
	"testing"

	"rstorm/wire"
	"rstorm/wire/wiretest"
)

// letters are segments as Zeek's history writes them, capitals for those of the
// client.
var letters = map[byte]struct {
	flags   wire.Flags
	payload string
}{
	's': {wire.SYN, ""}, 'h': {wire.SYN | wire.ACK, ""}, 'a': {wire.ACK, ""}, 'd': {wire.PSH | wire.ACK, "x"},
	'f': {wire.FIN | wire.ACK, ""}, 'r': {wire.RST | wire.ACK, ""},
}

// The cases follow from scripts/base/protocols/conn/main.zeek and
// src/analyzer/protocol/tcp/TCP.cc.
func TestStatesAreThoseOfZeek(t *testing.T) {
	for history, want := range map[string]string{
		"S":         "S0",
		"SS":        "S0",
		"Sh":        "S1",
		"ShA":       "S1",
		"ShADad":    "S1",
		"ShADadFf":  "SF",
		"ShADadfF":  "SF",
		"ShAFafA":   "SF",
		"ShADadF":   "S2",
		"ShADadFa":  "S2",
		"ShADadf":   "S3",
		"ShADadfA":  "S3",
		"Sr":        "REJ",
		"SrSr":      "REJ",
		"SrR":       "REJ",
		"ShR":       "RSTO",
		"ShADR":     "RSTO",
		"ShADFR":    "RSTO",
		"ShADr":     "RSTR",
		"ShADfDr":   "RSTR",
		"ShADfDrF":  "SF", // the FIN that comes after all makes the RST between harmless
		"ShADfFr":   "SF",
		"ShADfFrrr": "SF",
		"SR":        "RSTOS0",
		"SSR":       "RSTOS0",
		"SDR":       "RSTOS0",
		"SAR":       "OTH",
		"SF":        "SH",
		"SFR":       "OTH",
		"h":         "OTH",
		"hr":        "RSTRH",
		"hf":        "SHR",
		"hA":        "S1",
		"hAr":       "RSTR",
		"A":         "OTH",
		"Aa":        "OTH",
		"DdDd":      "OTH",
		"DdR":       "OTH",
		"Ddr":       "RSTRH",
		"Ddf":       "SHR",
		"DdF":       "SH",
		"DdfF":      "SF",
		"r":         "RSTRH",
		"R":         "OTH",
		"Sa":        "S0",
		"SaR":       "RSTOS0",
	} {
		tape := wiretest.New()
		c := tape.Call("10.0.0.1:40000", "10.0.0.2:80")
		if !strings.Contains(history, "S") {
			c.Ends[wire.Up].Next, c.Ends[wire.Up].Heard, c.Ends[wire.Down].Next, c.Ends[wire.Down].Heard = 1, 1, 1, 1
		}
		if history[0] == 'h' {
			c.Ends[wire.Down].Next = 0
		}
		for _, letter := range []byte(history) {
			l, way := letters[letter|0x20], wire.Down
			if letter < 'a' {
				way = wire.Up
			}
			if l.flags == wire.SYN && c.Ends[way].Next > 0 {
				c.Ends[way].Next = 0
			}
			c.Send(way, l.flags, l.payload)
		}
		if got := only(t, tape).State; got != want {
			t.Errorf("%s: %s, want %s", history, got, want)
		}
	}
}

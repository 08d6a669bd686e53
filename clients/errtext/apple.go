package errtext

import (
	"slices"

	"rstorm/results"
)

const (
	apple       = "Apple URLSession, Alamofire, Safari"
	appleSource = "Foundation NSURLError.h"
)

var appleEntries = []Entry{
	{Client: apple, Texts: []string{"NSURLErrorDomain Code=-1005", "NSURLErrorDomain error -1005", "NSURLErrorNetworkConnectionLost", "The network connection was lost"}, Rank: Verdict, Outcome: results.Closed, Also: []results.Outcome{results.Reset, results.Truncated}, Executed: Maybe, Causes: slices.Concat(closing, []string{"reset-before-response", "close-collision"}), Retried: "perhaps, of idempotent methods",
		Means:  "The connection ended while the request was under way, in order or by a reset; _kCFStreamErrorCodeKey=54 beside it is a reset, -4 an end in order.",
		Source: appleSource + "; Technical Q&A QA1941"},
	{Client: apple, Texts: []string{"NSURLErrorDomain Code=-1001", "NSURLErrorDomain error -1001", "NSURLErrorTimedOut", "The request timed out."}, Rank: Verdict, Outcome: results.TimedOut, Executed: Maybe, Causes: slices.Concat(silence, []string{"connection-limit"}), Retried: "no",
		Means:  "Nothing came for timeoutInterval: connecting, or waiting for an answer or the rest of one.",
		Source: appleSource},
	{Client: apple, Texts: []string{"NSURLErrorDomain Code=-1004", "NSURLErrorDomain error -1004", "NSURLErrorCannotConnectToHost", "Could not connect to the server."}, Rank: Verdict, Outcome: results.Refused, Also: []results.Outcome{results.TimedOut, results.Failed}, Executed: No, Causes: refusing, Retried: "no",
		Means:  "No connection came about, mostly because nothing listens on the port.",
		Source: appleSource},
	{Client: apple, Texts: []string{"NSURLErrorDomain Code=-1003", "NSURLErrorDomain error -1003", "NSURLErrorCannotFindHost", "NSURLErrorDomain Code=-1009", "NSURLErrorDomain error -1009", "NSURLErrorNotConnectedToInternet", "The Internet connection appears to be offline", "A server with the specified hostname could not be found"}, Rank: Verdict, Outcome: results.Failed, Executed: No, Causes: []string{"network-outage"}, Retried: "no",
		Means:  "The client has no network (or may not use the local one), or does not find the device's name: no connection was tried.",
		Source: appleSource + "; Technical Note TN3179 on the local network"},
	{Client: apple, Texts: []string{"NSURLErrorDomain Code=-1017", "NSURLErrorDomain error -1017", "NSURLErrorCannotParseResponse", "cannot parse response"}, Rank: Verdict, Outcome: results.Failed, Also: []results.Outcome{results.Truncated}, Executed: Maybe, Causes: garbling, Retried: "no",
		Means:  "What came back was not HTTP, or was cut off.",
		Source: appleSource},
}

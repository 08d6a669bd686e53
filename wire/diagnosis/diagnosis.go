// Package diagnosis explains captures: which connections ended badly, why, and
// what to do about it, as text or JSON.
package diagnosis

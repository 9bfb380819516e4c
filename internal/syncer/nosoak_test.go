//go:build !soak

package syncer_test

// soak tries everything that the gate tries a part of.
const soak = false

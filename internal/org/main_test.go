package org

import (
	"os"
	"testing"

	"github.com/alexedwards/argon2id"
)

// Tests hash many passwords; what they ask does not hang on the cost of one.
func TestMain(m *testing.M) {
	hashing = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	os.Exit(m.Run())
}

package catalogue

import "context"

type ctx = context.Context

// Package views holds the pages of devices. What they show is put together by
// inventory/device/pages_*.go; the views know neither the service nor the request.
package views

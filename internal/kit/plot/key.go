package plot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"time"
)

// keyOf names a specification by its content: its kind and every value in it, each
// with its length where it has one. Specifications hold plain values only, no pointers
// and no maps, so that the name is the same every time.
func keyOf(spec any) string {
	v := reflect.ValueOf(spec)
	sum := sha256.Sum256(written(append(make([]byte, 0, 4096), v.Type().Name()...), v))
	return hex.EncodeToString(sum[:])
}

// written appends a value in a form that no other value of its type has.
func written(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		return append(b, v.String()...)
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(b, v.Uint())
	case reflect.Float32, reflect.Float64:
		return binary.AppendUvarint(b, math.Float64bits(v.Float()))
	case reflect.Slice, reflect.Array:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = written(b, v.Index(i))
		}
		return b
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return binary.AppendVarint(b, at.UnixMicro())
		}
		for i := range v.NumField() {
			b = written(b, v.Field(i))
		}
		return b
	}
	panic(fmt.Sprintf("plot: a specification holds a %s", v.Type())) // a chart that cannot be drawn; rescue answers
}

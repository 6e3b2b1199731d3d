// Reads a QR code from a picture, for browsers that cannot by themselves. Loaded by
// offline.js when somebody turns the camera on.
import decodeQR from "qr/decode.js";

window.ltDecode = (picture) => decodeQR(picture);

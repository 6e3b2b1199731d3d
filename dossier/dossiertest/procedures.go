package dossiertest

import "context"

type ctx = context.Context

const birth = `{"code":"1.001193","name":{"vi":"Đăng ký khai sinh","en":"Birth registration"},"group":"birth","level":3,
"basis":[{"text":"Luật Hộ tịch 60/2014/QH13","article":"Điều 16"}],"term":{"kind":"same_day"},"fee":{},
"documents":[{"key":"birth_proof","name":{"vi":"Giấy chứng sinh","en":"Birth proof"}},{"key":"identity","name":{"vi":"Giấy tờ tùy thân","en":"Identity paper"},"show":true}],
"form":{},"results":[{"key":"certificate","name":{"vi":"Giấy khai sinh","en":"Birth certificate"},"book":"ks"}],
"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận","en":"Receive"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra","en":"Examine"}},
{"key":"confirm","kind":"confirm","online_only":true,"name":{"vi":"Người nộp xác nhận","en":"Confirm"}},{"key":"register","kind":"register","name":{"vi":"Ghi sổ","en":"Register"}},
{"key":"pid","kind":"pid","name":{"vi":"Cấp số định danh","en":"Personal number"}},{"key":"sign","kind":"sign","name":{"vi":"Ký","en":"Sign"}},
{"key":"deliver","kind":"deliver","name":{"vi":"Liên thông","en":"Other authorities"}},{"key":"return","kind":"return","name":{"vi":"Trả kết quả","en":"Return"}}],
"legs":[{"kind":"residence","partner":"police","name":{"vi":"Đăng ký thường trú","en":"Residence"},"term":{"kind":"working_days","days":15},"more":2},
{"kind":"insurance","partner":"insurance","name":{"vi":"Thẻ bảo hiểm y tế","en":"Health insurance card"},"term":{"kind":"working_days","days":10},"more":2}]}`

const status = `{"code":"1.004873","name":{"vi":"Cấp giấy xác nhận tình trạng hôn nhân","en":"Certificate of marital status"},"group":"marriage","level":3,
"basis":[{"text":"Nghị định 123/2015/NĐ-CP","article":"Điều 22"}],"term":{"kind":"working_days","days":3,"on_reply":true},"fee":{"amount":15000},
"documents":[],"form":{},"results":[{"key":"certificate","name":{"vi":"Giấy xác nhận tình trạng hôn nhân","en":"Certificate"},"book":"hn"}],
"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận","en":"Receive"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra","en":"Examine"}},
{"key":"register","kind":"register","name":{"vi":"Ghi sổ","en":"Register"}},{"key":"sign","kind":"sign","name":{"vi":"Ký","en":"Sign"}},{"key":"return","kind":"return","name":{"vi":"Trả kết quả","en":"Return"}}]}`

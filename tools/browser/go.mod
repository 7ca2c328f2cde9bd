// browser looks at the site in Chromium: what axe-core finds, what the scripts do,
// how much is loaded. It has a module of its own because of chromedp.
module github.com/bsgen/bsgen/tools/browser

go 1.26.0

replace github.com/bsgen/bsgen => ../..

ignore (
	./lighthouse/node_modules
	./node_modules
)

require (
	github.com/bsgen/bsgen v0.0.0-00010101000000-000000000000
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
)

require (
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/yalue/onnxruntime_go v1.27.0 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
	gonum.org/v1/gonum v0.17.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

package generated

import "text/template"

func text(s string) *template.Template { return template.Must(template.New("").Parse(s)) }

var siteText = text(`title: Generated archive
description: Made by code to measure and to test with. No number in it is a measurement.
hosts: [raw.githubusercontent.com]
visibility: private
`)

var boardText = text(`id: generated
title: Generated
summary: Scores drawn from a seed. No number here is a measurement.
nodes:
  - {id: average, title: Average, summary: The mean of the generated neural and behavioural benchmarks.}
  - {id: neural, title: Neural, parent: average, summary: Generated.}
  - {id: behavior, title: Behaviour, parent: average, summary: Generated.}
  - {id: engineering, title: Engineering, summary: Generated.}
{{- range .}}
  - {id: {{.ID}}, title: "{{.Title}}", parent: {{.Parent}}, summary: Generated.}
{{- end}}
views:
  - id: all
    title: All
    node: average
    columns: [{{range $i, $g := .}}{{if $i}}, {{end}}{{$g.ID}}{{end}}]
`)

var benchmarkText = text(`id: {{.ID}}
version: 1
title: Generated benchmark {{.N}} of {{.Title}}
summary: Drawn from a seed, to measure and to test with.
short: "{{.Title}} {{.N}}"
board: generated
parent: {{.Group}}
dataset: {{.Dataset}}
primary: true
stimuli:
  kind: images
  count: 640
  visual_degrees: {{.Degrees}}
  reader: image-zip
  source: images
assembly:
{{- if .Region}}
  reader: npy
  sources: [responses]
  dims: [neuroid, stimulus, repetition]
  region: {{.Region}}
  species: macaque
{{- else}}
  reader: trials
  sources: [responses]
  columns: {subject: subj, condition: condition, truth: category, choice: object_response, stimulus: imagename}
  stimulus_pattern: '(.*)'
  choices: [airplane, bear, bicycle, bird, boat, bottle, car, cat, chair, clock, dog, elephant, keyboard, knife, oven, truck]
  species: human
{{- end}}
  subjects: 8
sources:
  responses: {url: "https://raw.githubusercontent.com/generated/generated/0000000000000000000000000000000000000000/{{.ID}}.npy", sha256: {{.Digest}}, bytes: 2560128}
  images: {url: "https://raw.githubusercontent.com/generated/generated/0000000000000000000000000000000000000000/{{.Dataset}}.zip", sha256: {{.Digest}}, bytes: 1841475}
{{- if .Region}}
metric: {name: pls, components: 25, splits: 10, train: 0.9, seed: 1}
ceiling: {name: internal_consistency, splits: 10, seed: 1, scale: reliability}
normalize: explained_variance
{{- else}}
metric: {name: {{.Metric}}}
ceiling: {name: inter_subject, scale: reference}
normalize: clipped_ratio
{{- end}}
license: CC0-1.0
reference: {short: Generated, url: "https://example.org/"}
`)

var readmeText = text(`# Generated benchmark {{.N}} of {{.Title}}

Drawn from a seed. Nothing was measured.

## How it is scored

Not at all: the numbers are drawn.
`)

var modelText = text(`id: {{.ID}}
name: {{.Name}}
summary: Generated. There is no such model.
submitter: {name: generated}
run:
  onnx: {url: "https://raw.githubusercontent.com/generated/generated/0000000000000000000000000000000000000000/{{.ID}}.onnx", sha256: {{.Digest}}, bytes: 5003279}
  input: {tensor: image, size: [224, 224], filter: bilinear, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], scale: 1/255}
  visual_degrees: 8
  regions: {V1: layer1, V2: layer2, V4: layer3, IT: layer4}
  behavior: {tensor: logits, labels: imagenet-1k}
metadata:
  family: {{.Family}}
  architecture: {{.Architecture}}
  year: {value: {{.Year}}, source: "https://example.org/"}
  parameters: {value: {{.Parameters}}, source: "https://example.org/"}
  training: {value: nothing, source: "https://example.org/"}
reference: {short: Generated, url: "https://example.org/"}
`)

var methodsText = text(`# Methods

This archive is generated. No number in it is a measurement.

## Rank intervals

As everywhere.
`)

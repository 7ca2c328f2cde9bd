// Package tools holds tests of files that are not Go, with libraries that bsgen
// itself does not need.
package tools

import (
	"os"
	"slices"
	"strconv"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// TestKubernetesJob decodes the Job with Kubernetes' own types, refusing keys
// that these do not have or that stand twice, and checks what the API server would and what makes
// the shards those of the plan.
func TestKubernetesJob(t *testing.T) {
	data, err := os.ReadFile("../deploy/kubernetes-job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data, err = yaml.YAMLToJSONStrict(data)
	if err != nil {
		t.Fatal(err)
	}
	var job batchv1.Job
	unknown, err := json.UnmarshalStrict(data, &job)
	if err != nil || len(unknown) > 0 {
		t.Fatal(err, unknown)
	}
	if job.APIVersion != batchv1.SchemeGroupVersion.String() || job.Kind != "Job" {
		t.Errorf("%s %s is no Job", job.APIVersion, job.Kind)
	}
	spec := job.Spec
	if spec.CompletionMode == nil || *spec.CompletionMode != batchv1.IndexedCompletion {
		t.Fatal("pods have no index")
	}
	if spec.Completions == nil || spec.Parallelism == nil || spec.BackoffLimitPerIndex == nil {
		t.Fatal("completions, parallelism or backoffLimitPerIndex is missing")
	}
	// https://kubernetes.io/docs/concepts/workloads/controllers/job/: the limit for
	// each index wants restartPolicy Never, and maxFailedIndexes at most completions.
	pod := spec.Template.Spec
	if pod.RestartPolicy != corev1.RestartPolicyNever {
		t.Errorf("restartPolicy %s", pod.RestartPolicy)
	}
	if m := spec.MaxFailedIndexes; m != nil && *m > *spec.Completions {
		t.Errorf("maxFailedIndexes %d of %d", *m, *spec.Completions)
	}
	if p := spec.PodReplacementPolicy; p == nil || *p != batchv1.Failed {
		t.Error("two pods could write to one folder")
	}
	if len(pod.Containers) != 1 {
		t.Fatalf("%d containers", len(pod.Containers))
	}
	c := pod.Containers[0]
	shards := slices.IndexFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == "BSGEN_SHARDS" })
	if shards < 0 || c.Env[shards].Value != strconv.Itoa(int(*spec.Completions)) {
		t.Errorf("BSGEN_SHARDS is not the number of completions, %d", *spec.Completions)
	}
	if i := slices.Index(c.Args, "--shard"); i < 0 || i+1 == len(c.Args) || c.Args[i+1] != "auto" {
		t.Errorf("%q does not run the shard of the pod's index", c.Args)
	}
	for _, m := range c.VolumeMounts {
		if !slices.ContainsFunc(pod.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name }) {
			t.Errorf("there is no volume %s", m.Name)
		}
	}
	request, limit := c.Resources.Requests[corev1.ResourceMemory], c.Resources.Limits[corev1.ResourceMemory]
	if request.IsZero() || request.Cmp(limit) != 0 {
		t.Errorf("memory: %s asked for, %s allowed", &request, &limit)
	}
}

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.api.proto.ModelRegistry.RegisteredModel;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.ModelVersionsPage;
import org.mlflow.tracking.RunsPage;

/**
 * The stock Java client against the server of MLFLOW_TRACKING_URI: an experiment, runs, searches, models. Fails by an
 * exception. By hand: java -cp 'target/lib/*' RegistryScenario.java
 */
class RegistryScenario {
  public static void main(String[] args) {
    try (MlflowClient client = new MlflowClient(System.getenv("MLFLOW_TRACKING_URI"))) {
      String mark = "java-" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
      List<String> runIds = runs(client, mark);
      models(client, mark, runIds.get(0));
    }
  }

  /** Creates an experiment with two runs, logs to them and finds them again. */
  static List<String> runs(MlflowClient client, String mark) {
    String experimentId = client.createExperiment(mark + "/ä");
    Experiment experiment = client.getExperimentByName(mark + "/ä").orElseThrow();
    equal(experiment.getExperimentId(), experimentId, "experiment id");
    client.setExperimentTag(experimentId, "team", "red");
    equal(client.searchExperiments("name = '" + mark + "/ä' AND tags.team = 'red'").getItems().size(), 1, "experiments");

    RunInfo first = client.createRun(experimentId);
    equal(first.getStatus(), RunStatus.RUNNING, "status of a new run");
    client.logParam(first.getRunId(), "lr", "0.1");
    client.logMetric(first.getRunId(), "acc", 0.5, 1000, 1);
    client.logMetric(first.getRunId(), "acc", 0.75, 2000, 2);
    client.setTag(first.getRunId(), "größe", "xl");
    client.setTerminated(first.getRunId());
    RunInfo second = client.createRun(experimentId);
    client.logBatch(
        second.getRunId(),
        List.of(Metric.newBuilder().setKey("acc").setValue(0.25).setTimestamp(1).setStep(0).build()),
        List.of(Param.newBuilder().setKey("lr").setValue("0.2").build()),
        List.of(RunTag.newBuilder().setKey("größe").setValue("s").build()));
    client.setTerminated(second.getRunId(), RunStatus.FAILED, 5000);

    Run read = client.getRun(first.getRunId());
    equal(read.getInfo().getStatus(), RunStatus.FINISHED, "status");
    equal(read.getData().getMetrics(0).getValue(), 0.75, "latest value");
    equal(read.getData().getMetrics(0).getStep(), 2L, "latest step");
    equal(read.getData().getParams(0).getValue(), "0.1", "param");
    check(read.getInfo().getArtifactUri().startsWith("mlflow-artifacts:/"), read.getInfo().getArtifactUri());
    equal(client.getMetricHistory(first.getRunId(), "acc").size(), 2, "points");

    List<String> experiments = List.of(experimentId);
    RunsPage page =
        client.searchRuns(experiments, "", ViewType.ACTIVE_ONLY, 1, List.of("metrics.acc DESC"));
    equal(page.getItems().get(0).getInfo().getRunId(), first.getRunId(), "best run");
    check(page.hasNextPage(), "there is a second page");
    equal(
        page.getNextPage().getItems().iterator().next().getInfo().getRunId(), second.getRunId(), "second page");
    equal(client.searchRuns(experiments, "metrics.acc > 0.5 and params.lr = '0.1'").size(), 1, "by metric and param");
    equal(client.searchRuns(experiments, "tags.`größe` = 's'").get(0).getRunId(), second.getRunId(), "by tag");

    client.deleteRun(second.getRunId());
    equal(client.searchRuns(experiments, "").size(), 1, "after deletion");
    equal(client.searchRuns(experiments, "", ViewType.DELETED_ONLY).size(), 1, "deleted runs");
    client.restoreRun(second.getRunId());
    refused(() -> client.getRun("0123456789abcdef0123456789abcdef"), 404);
    return List.of(first.getRunId(), second.getRunId());
  }

  /** Registers versions (by plain POSTs, since this client has no calls for it), then reads and searches them. */
  static void models(MlflowClient client, String mark, String runId) {
    client.sendPost("registered-models/create", "{\"name\": \"" + mark + "\", \"description\": \"of Java\"}");
    String source = client.getRun(runId).getInfo().getArtifactUri() + "/model";
    for (int number = 1; number <= 3; number++) {
      client.sendPost(
          "model-versions/create",
          "{\"name\": \"%s\", \"source\": \"%s\", \"run_id\": \"%s\", \"tags\": [{\"key\": \"n\", \"value\": \"%d\"}]}"
              .formatted(mark, source, runId, number));
    }
    client.sendPost(
        "model-versions/transition-stage",
        "{\"name\": \"%s\", \"version\": \"2\", \"stage\": \"Production\", \"archive_existing_versions\": false}"
            .formatted(mark));
    client.sendPost(
        "registered-models/alias", "{\"name\": \"%s\", \"alias\": \"champion\", \"version\": \"1\"}".formatted(mark));

    RegisteredModel model = client.getRegisteredModel(mark);
    equal(model.getDescription(), "of Java", "description");
    equal(model.getLatestVersionsCount(), 2, "latest versions of the model");
    equal(model.getAliases(0).getAlias(), "champion", "alias");
    ModelVersion version = client.getModelVersion(mark, "2");
    equal(version.getCurrentStage(), "Production", "stage");
    equal(version.getRunId(), runId, "run");
    equal(version.getTags(0).getValue(), "2", "tag");
    equal(client.getModelVersionDownloadUri(mark, "2"), source, "download address");
    equal(numbers(client.getLatestVersions(mark)), "[2, 3]", "latest versions");
    equal(numbers(client.getLatestVersions(mark, List.of("Production"))), "[2]", "latest of a stage");

    equal(numbers(client.searchModelVersions("name = '" + mark + "'").getItems()), "[1, 2, 3]", "versions of the model");
    equal(numbers(client.searchModelVersions("run_id = '" + runId + "'").getItems()), "[1, 2, 3]", "versions of the run");
    ModelVersionsPage page =
        client.searchModelVersions("name = '" + mark + "'", 2, List.of("version_number DESC"));
    equal(page.getItems().get(0).getVersion(), "3", "latest first");
    check(page.hasNextPage(), "there is a second page of versions");
    equal(page.getNextPage().getItems().iterator().next().getVersion(), "1", "second page of versions");
    equal(client.searchModelVersions("name = '" + mark + "' AND tags.n = '3'").getItems().size(), 1, "by tag");

    client.sendPatch(
        "model-versions/update",
        "{\"name\": \"%s\", \"version\": \"1\", \"description\": \"erste\"}".formatted(mark));
    equal(client.getModelVersion(mark, "1").getDescription(), "erste", "description of a version");
    refused(() -> client.getModelVersion(mark, "9"), 404);
    refused(() -> client.getRegisteredModel(mark + "-never"), 404);
    refused(() -> client.getModelVersion(mark, "one"), 400);
  }

  static String numbers(List<ModelVersion> versions) {
    return versions.stream().map(ModelVersion::getVersion).sorted().collect(Collectors.toList()).toString();
  }

  static void refused(Runnable call, int status) {
    try {
      call.run();
    } catch (MlflowHttpException problem) {
      equal(problem.getStatusCode(), status, "status of a refusal");
      return;
    }
    throw new AssertionError("expected " + status + ", but the call was accepted");
  }

  static void equal(Object actual, Object expected, String what) {
    check(Objects.equals(actual, expected), what + ": expected " + expected + ", got " + actual);
  }

  static void check(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }
}

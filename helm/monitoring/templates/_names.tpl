{{- define "monitoring.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "monitoring.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "monitoring.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "monitoring.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "monitoring.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "monitoring.serviceAccount" -}}
{{- default (include "monitoring.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* True for whoever is a member of the cluster and so needs the database: every hub, and a region that is a silo. */}}
{{- define "monitoring.isSilo" -}}
{{- if or (eq .Values.role "hub") (eq .Values.region.attach "silo") }}true{{ end -}}
{{- end -}}

{{- define "monitoring.selector" -}}
app.kubernetes.io/name: {{ include "monitoring.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .Values.role }}
{{- end -}}

{{/* What every object bears beside its component. */}}
{{- define "monitoring.commonLabels" -}}
app.kubernetes.io/name: {{ include "monitoring.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | trunc 63 | quote }}
app.kubernetes.io/part-of: livepeer-monitoring
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "monitoring.labels" -}}
{{ include "monitoring.commonLabels" . }}
app.kubernetes.io/component: {{ .Values.role }}
{{- end -}}

{{/* By these the silos of one cluster know one another, whatever their releases are called. */}}
{{- define "monitoring.siloLabels" -}}
app.kubernetes.io/part-of: livepeer-monitoring
livepeer-monitoring/cluster: {{ .Values.cluster.id }}
{{- end -}}

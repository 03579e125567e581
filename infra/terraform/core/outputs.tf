output "server" {
  description = "The machine, in words that every adapter translates."
  value = {
    name      = local.name
    type      = local.size.type
    cpus      = local.size.cpus
    memory_gb = local.size.memory_gb
    image     = local.offer.image
    region    = local.offer.region
    labels    = local.labels
    protected = local.default.protected
    backups   = local.default.backups
    volume_gb = local.volume
  }
}

output "inbound" {
  description = "What may come in; everything else may not."
  value       = local.inbound
}

output "cloud_init" {
  description = "First boot: operators' keys, no passwords, no root over SSH. Ansible does the rest."
  value       = templatefile("${path.module}/templates/cloud-init.yaml.tftpl", { name = local.name, keys = var.admin_keys })
}

output "service" {
  description = "The stateless image without a machine (Cloud Run)."
  value = {
    name      = local.name
    image     = var.image
    cpus      = local.size.cpus
    memory    = "${local.size.memory_gb}Gi"
    instances = local.default.instances
    port      = 8000
    protected = local.default.protected
    labels    = local.labels
    settings = {
      CALMINER_ENVIRONMENT = "production"
      DATABASE_SSLMODE     = "verify-full"
    }
  }
}

output "inventory" {
  description = "What infra/ansible needs to know; the adapter adds the address."
  value = {
    host  = local.name
    group = var.environment
    variables = {
      calminer_environment       = var.environment
      calminer_domain            = var.domain
      calminer_external_database = var.external_database
      firewall_admin_cidrs       = var.admin_cidrs
    }
  }
}

output "cost" {
  description = "Per month, without tax. `unknown` names what the total leaves out because its price was not confirmed."
  value = {
    currency = local.offer.currency
    items    = { for item, price in local.prices : item => price == null ? "unknown" : format("%.2f", price) }
    total    = format("%.2f", sum([for price in values(local.prices) : price == null ? 0 : price]))
    unknown  = sort([for item, price in local.prices : item if price == null])
    as_of    = local.offer.as_of == null ? "not stated" : local.offer.as_of
    read     = local.offer.read
    source   = local.offer.source
    remark   = local.offer.remark
  }
}

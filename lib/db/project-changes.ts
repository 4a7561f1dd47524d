import { DomainError } from "../model/errors";
import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import { plain } from "./json";
import type { ProjectChange } from "./tenancy-handles";

/** Part of a transaction. Throws `conflict` when another project answers on one of the hosts. */
export async function changeProject({ prisma }: Queries, id: ProjectId, change: ProjectChange, at: Date): Promise<void> {
  const { name, state, corsPublic, corsAdmin, hosts } = change;
  await prisma.project.updateMany({
    where: { id },
    data: {
      updatedAt: at, ...(name !== undefined && { name }), ...(state !== undefined && { state }),
      ...(corsPublic !== undefined && { corsPublic: plain(corsPublic) }), ...(corsAdmin !== undefined && { corsAdmin: plain(corsAdmin) }),
    },
  });
  if (hosts === undefined) return;
  await prisma.projectHost.deleteMany({ where: { projectId: id, host: { notIn: [...hosts] } } });
  await prisma.projectHost.createMany({ data: hosts.map((host) => ({ host, projectId: id })), skipDuplicates: true });
  const [taken] = await prisma.projectHost.findMany({ where: { host: { in: [...hosts] }, projectId: { not: id } }, take: 1 });
  if (taken !== undefined) throw new DomainError("conflict", { reason: `Another project answers on the host ${taken.host}.` });
}

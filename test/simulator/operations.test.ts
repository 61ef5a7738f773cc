import { expect, test } from 'vitest'
import { routeOf } from '../../src/simulator/route.ts'
import { requestOf } from './ask.ts'

/** Every operation of the vendor's SDK for SDRS (huaweicloudsdksdrs 3.1), and what OTC's has beside. */
const OPERATIONS = `
  POST   protected-instances/{id}/nic                           addProtectedInstanceNic
  POST   protected-instances/{id}/tags                          addProtectedInstanceTags
  POST   protected-instances/{id}/attachreplication             attachProtectedInstanceReplication
  POST   protected-instances/{id}/tags/action                   changeProtectedInstanceTags
  POST   protected-instances/batch                              batchCreateProtectedInstances
  POST   protected-instances/delete                             batchDeleteProtectedInstances
  POST   disaster-recovery-drills                               createDisasterRecoveryDrill
  POST   protected-instances                                    createProtectedInstance
  POST   server-groups                                          createServerGroup
  POST   replications                                           createReplication
  DELETE disaster-recovery-drills/{id}                          deleteDisasterRecoveryDrill
  DELETE protected-instances/{id}                               deleteProtectedInstance
  POST   protected-instances/{id}/nic/delete                    deleteProtectedInstanceNic
  DELETE protected-instances/{id}/tags/{part}                   deleteProtectedInstanceTag
  DELETE server-groups/{id}                                     deleteServerGroup
  DELETE replications/{id}                                      deleteReplication
  DELETE protected-instances/{id}/detachreplication/{part}      detachProtectedInstanceReplication
  POST   replications/{id}/action                               expandReplication
  GET    active-domains                                         listDomains
  GET    disaster-recovery-drills                               listDisasterRecoveryDrills
  GET    task-center/failure-jobs                               listFailureJobs
  DELETE task-center/failure-jobs/{id}                          deleteFailureJob
  DELETE task-center/failure-jobs/batch                         deleteAllFailureJobs
  DELETE task-center/{id}/failure-jobs/batch                    deleteGroupFailureJobs
  GET    protected-instances/{id}/tags                          listProtectedInstanceTags
  GET    protected-instances                                    listProtectedInstances
  POST   protected-instances/resource_instances/action          listProtectedInstancesByTags
  GET    protected-instances/tags                               listProtectedInstancesProjectTags
  GET    server-groups                                          listServerGroups
  GET    replications                                           listReplications
  GET    resource/rpo-statistics                                listRpoStatistics
  POST   protected-instances/{id}/resize                        resizeProtectedInstance
  GET    disaster-recovery-drills/{id}                          showDisasterRecoveryDrill
  GET    protected-instances/{id}                               showProtectedInstance
  GET    server-groups/{id}                                     showServerGroup
  GET    sdrs/quotas                                            listQuotas
  GET    replications/{id}                                      showReplication
  PUT    disaster-recovery-drills/{id}                          updateDisasterRecoveryDrillName
  PUT    protected-instances/{id}                               renameProtectedInstance
  PUT    server-groups/{id}                                     renameServerGroup
  PUT    replications/{id}                                      updateReplicationName
  GET    jobs/{id}                                              showJob
  GET    /                                                      listApiVersions
  GET    /v1                                                    showApiVersion`

const rows = OPERATIONS.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))

test.for(rows)('%s %s is %s', ([method = '', path = '', operation]) => {
  const asked = path.replace('{id}', 'an%20id').replace('{part}', 'a%2Fb')
  expect(routeOf(requestOf(method, asked))).toMatchObject({
    operation,
    id: path.includes('{id}') ? 'an id' : '',
    part: path.includes('{part}') ? 'a/b' : '',
  })
})

test.each([
  ['start-server-group', 'startServerGroup'],
  ['stop-server-group', 'stopServerGroup'],
  ['failover-server-group', 'failoverServerGroup'],
  ['reverse-server-group', 'reverseServerGroup'],
])('a group’s action %s', (key, operation) => {
  const request = requestOf('POST', 'server-groups/g/action', { [key]: {} })
  expect(routeOf(request)).toMatchObject({ operation, id: 'g' })
})

test.each([
  ['PUT', 'disaster-recovery-drills'],
  ['GET', 'protected-instances/a/resize'],
  ['DELETE', 'protected-instances/a/tags'],
  ['POST', 'replications/a/b/c'],
  ['GET', '/v2'],
])('%s %s is no operation', (method, path) => {
  expect(routeOf(requestOf(method, path)).operation).toBe('unknown')
})
